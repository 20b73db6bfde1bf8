NAME
ROWS
 N cost
 L cap
 L cap
ENDATA
