# Flags and the two functions with which every folder declares itself.

find_package(Threads REQUIRED)
find_path(YAML_INCLUDE_DIR yaml.h REQUIRED)
find_library(YAML_LIBRARY yaml REQUIRED)

# One compilation serves the program, the static and the shared library, which exports only what a public header
# declares (TAUT_API).
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)

add_library(taut_flags INTERFACE)
target_include_directories(taut_flags INTERFACE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/host/include
	${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(taut_flags INTERFACE _POSIX_C_SOURCE=200809L TAUT_VERSION="${PROJECT_VERSION}")
# -ffp-contract=off: no fused multiply-add, so that a double has the same bits on every instruction set.
target_compile_options(taut_flags INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
	-Wswitch-enum -ffp-contract=off -g)
if(TAUT_WERROR)
	target_compile_options(taut_flags INTERFACE -Werror)
endif()
if(TAUT_SANITIZE)
	target_compile_options(taut_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
		-fno-omit-frame-pointer)
	target_link_options(taut_flags INTERFACE -fsanitize=address,undefined)
endif()
if(TAUT_FAULTS)
	target_compile_definitions(taut_flags INTERFACE TAUT_FAULTS)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1")

# taut_library(FOLDER SOURCES file.c... LINKS taut_other...)
# One static library per folder; LINKS are exactly the folders whose headers it may include
# (tools/check_layers reads these calls and fails the build on any other include).
function(taut_library name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
	add_library(${name} STATIC ${ARG_SOURCES})
	target_link_libraries(${name} PUBLIC taut_flags ${ARG_LINKS})
	set_property(GLOBAL APPEND PROPERTY TAUT_LIBRARIES ${name})
endfunction()

# taut_program(NAME SOURCES file.c... LINKS taut_other...): the same for the executable.
function(taut_program name)
	cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
	add_executable(${name} ${ARG_SOURCES})
	target_link_libraries(${name} PRIVATE taut_flags ${ARG_LINKS})
endfunction()
