NAME
ROWS
 N cost
 L cap
COLUMNS
 M1 'MARKER' 'INTORG'
 x cost 1 cap 2
 y cost 1 cap 3
 M2 'MARKER' 'INTEND'
RHS
 A cap 4
 B cap 5
ENDATA
