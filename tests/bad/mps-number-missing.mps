NAME
ROWS
 N cost
 L cap
COLUMNS
 M1 'MARKER' 'INTORG'
 x cost 1 cap 2
 y cost 1 cap
 M2 'MARKER' 'INTEND'
ENDATA
