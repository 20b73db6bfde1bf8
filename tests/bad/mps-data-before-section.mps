* no section
 x cost 1
ENDATA
