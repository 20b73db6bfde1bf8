NAME
ROWS
 N cost
 L cap
COLUMNS
 x cost 1 cap 2
 y cost 1 cap 3
BOUNDS
 BV BND x
 BV BND y
QCMATRIX cap
 x y 1
 y x 1
ENDATA
