NAME
ROWS
 N cost
 X cap
ENDATA
