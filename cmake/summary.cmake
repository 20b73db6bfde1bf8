message(STATUS "taut ${PROJECT_VERSION}: ${CMAKE_BUILD_TYPE}, ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}")
message(STATUS "  specs       libyaml (${YAML_LIBRARY})")
message(STATUS "  backends    cpu, null")
message(STATUS "  tests       ${TAUT_TESTS}, sanitizers ${TAUT_SANITIZE}, allocation faults ${TAUT_FAULTS}")
