NAME
ROWS
 N cost
 L cap
COLUMNS
 M1 'MARKER' 'INTORG'
 x cost 1 cap 2
 y cost 1 cap 3
 M2 'MARKER' 'INTEND'
BOUNDS
 LI BND y 2
ENDATA
