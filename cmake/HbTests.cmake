# Tests: every *_test.c of src/, tests/, cli/ and ref/ is a cmocka program; every tests/**/*_test.py and *_test.sh is a script. The name
# of a test is its file name without extension; *_full_test.* has the label full, the others quick. Fuzz targets likewise.
pkg_check_modules(HB_CMOCKA REQUIRED IMPORTED_TARGET cmocka)

set(test_files)
set(fuzz_files)
set(script_files)
if(NOT HB_ROOMS)
  file(GLOB_RECURSE test_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.c ${CMAKE_SOURCE_DIR}/cli/*_test.c
    ${CMAKE_SOURCE_DIR}/ref/*_test.c)
  file(GLOB_RECURSE fuzz_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*_fuzz.c)
  file(GLOB_RECURSE script_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.py ${CMAKE_SOURCE_DIR}/tests/*_test.sh)
endif()

if(NOT HB_LMDB_FOUND)
  foreach(list test_files fuzz_files script_files)
    list(FILTER ${list} EXCLUDE REGEX "${HB_LEDGER_FILES}")
  endforeach()
endif()

# What a test may ask of its surroundings.
set(test_environment HB_SOURCE_DIR=${CMAKE_SOURCE_DIR} HB_BUILD_DIR=${CMAKE_BINARY_DIR} HB_BUILD_TYPE=${CMAKE_BUILD_TYPE}
  HB_CLI=${CMAKE_BINARY_DIR}/hauptbuch UBSAN_OPTIONS=print_stacktrace=1)

function(hb_register_test name file)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set(label quick)
  set(timeout 900)
  if(file MATCHES "_full_test\\.[a-z]+$")
    set(label full)
    set(timeout 2700)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout} ENVIRONMENT "${test_environment}" SKIP_RETURN_CODE 77)
  if(name MATCHES "^guest_") # they share cargo's target directory
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK guest_builds)
  endif()
endfunction()

# Other .c files in a folder below tests/ are what its tests share.
foreach(file IN LISTS HB_TEST_SOURCES test_files)
  get_filename_component(name ${file} NAME_WE)
  set(shared_files)
  if(file MATCHES "^${CMAKE_SOURCE_DIR}/tests/.+/")
    get_filename_component(folder ${file} DIRECTORY)
    file(GLOB shared_files CONFIGURE_DEPENDS ${folder}/*.c)
    list(FILTER shared_files EXCLUDE REGEX "_(test|fuzz|bench)\\.c$")
  endif()
  add_executable(${name} ${file} ${shared_files})
  target_link_libraries(${name} PRIVATE hb_options hauptbuch PkgConfig::HB_CMOCKA)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  if(TARGET hauptbuch-ref AND file MATCHES "/(tests|ref)/")
    target_link_libraries(${name} PRIVATE hauptbuch-ref)
  endif()
  hb_register_test(${name} ${file} ${name})
endforeach()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
foreach(file IN LISTS script_files)
  get_filename_component(name ${file} NAME_WE)
  if(file MATCHES "\\.py$")
    hb_register_test(${name} ${file} ${Python3_EXECUTABLE} ${file})
  else()
    hb_register_test(${name} ${file} sh ${file})
  endif()
endforeach()

if(HB_FUZZ)
  foreach(file IN LISTS HB_FUZZ_SOURCES fuzz_files)
    get_filename_component(name ${file} NAME_WE)
    add_executable(${name} ${file})
    target_link_libraries(${name} PRIVATE hb_options hauptbuch)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
