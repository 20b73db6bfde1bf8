NAME
ROWS
 N cost
 L cap
COLUMNS
 M1 'MARKER' 'INTORG'
 x cost 1 cap 2
 y cost 1 cap 3
 M2 'MARKER' 'INTEND'
INDICATORS
 IF cap x 1
ENDATA
