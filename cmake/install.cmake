# What `cmake --install` leaves: bin/taut, the public headers, libtaut as one static and one shared library made of the
# folders' own objects (nothing is compiled twice), a pkg-config file and a CMake package.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The folders' objects, and what they link to besides each other, as names that do not depend on this machine.
get_property(folders GLOBAL PROPERTY TAUT_LIBRARIES)
set(objects)
set(externals)
foreach(folder ${folders})
	list(APPEND objects $<TARGET_OBJECTS:${folder}>)
	get_target_property(links ${folder} LINK_LIBRARIES)
	list(APPEND externals ${links})
endforeach()
list(FILTER externals EXCLUDE REGEX "^taut_|^::@") # ::@: CMake's mark of links that another folder added
list(REMOVE_DUPLICATES externals)
list(TRANSFORM externals REPLACE "^/.*/lib([^/]+)\\.(so|a|dylib)$" "\\1")
set(private_flags)
foreach(library ${externals})
	if(library STREQUAL Threads::Threads)
		list(APPEND private_flags -lpthread)
	else()
		list(APPEND private_flags -l${library})
	endif()
endforeach()
list(JOIN private_flags " " TAUT_PC_PRIVATE)

# taut_bundle(TARGET KIND EXPORTED_NAME): one library of all objects.
function(taut_bundle target kind exported)
	add_library(${target} ${kind} ${objects})
	target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/host/include>
		$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
	set_target_properties(${target} PROPERTIES OUTPUT_NAME taut LINKER_LANGUAGE C EXPORT_NAME ${exported})
	target_link_libraries(${target} PRIVATE ${externals})
	install(TARGETS ${target} EXPORT taut ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
		LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

taut_bundle(taut_static STATIC static)
set(TAUT_PC_LIBS "-ltaut")
if(TAUT_SHARED)
	taut_bundle(taut_shared SHARED taut)
	# Before 1.0 every minor version may change the interface.
	set_target_properties(taut_shared PROPERTIES VERSION ${PROJECT_VERSION}
		SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
	if(TAUT_SANITIZE)
		target_link_options(taut_shared PRIVATE -fsanitize=address,undefined)
	else()
		target_link_options(taut_shared PRIVATE -Wl,--no-undefined)
	endif()
else()
	string(APPEND TAUT_PC_LIBS " ${TAUT_PC_PRIVATE}")
endif()

install(TARGETS taut RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY host/include/taut DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY bitstreams/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/taut/bitstreams
	FILES_MATCHING PATTERN "MANIFEST.yaml" PATTERN "*.xclbin")
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/taut)
configure_package_config_file(cmake/tautConfig.cmake.in ${PROJECT_BINARY_DIR}/tautConfig.cmake
	INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tautConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tautConfig.cmake ${PROJECT_BINARY_DIR}/tautConfigVersion.cmake
	DESTINATION ${package_dir})
install(EXPORT taut NAMESPACE taut:: FILE tautTargets.cmake DESTINATION ${package_dir})

# The file finds the prefix from its own place, so that the tree may be moved.
file(RELATIVE_PATH TAUT_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/taut.pc.in ${PROJECT_BINARY_DIR}/taut.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/taut.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
