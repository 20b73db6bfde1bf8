* the projects of lp.lp
NAME          PROJECTS
OBJSENSE
    MAX
ROWS
 N  value
 L  budget
 G  balance
 E  one_of
COLUMNS
    M1        'MARKER'                 'INTORG'
    a         value                7   budget               3
    a         balance              1
    b         value              4.5   budget               2
    b         balance              1
    c         value                6   budget               4
    c         balance             -1   one_of               1
    d         value                3   budget               1
    d         balance             -1   one_of               1
    M2        'MARKER'                 'INTEND'
RHS
    RHS       budget               7   balance             -1
    RHS       one_of               1   value                1
RANGES
    RNG       balance              2
BOUNDS
 BV BND       a
 UP BND       b                    1
QUADOBJ
    a         b                    2
    c         d                   -1
ENDATA
