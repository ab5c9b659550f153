# The verifier closure, compiled freestanding: libhauptbuch-verify.a for this machine and, where clang and lld are there, the same
# files for wasm32 (linked into one module) and for rv64im (one relocatable object). That nothing is left undefined is checked by
# tests/verifier_closure_test.py and not here, so that an unfinished closure does not stop the build of everything else.
add_library(hauptbuch-verify STATIC ${HB_VERIFIER_SOURCES})
target_include_directories(hauptbuch-verify PRIVATE ${CMAKE_SOURCE_DIR}/src
  PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_compile_options(hauptbuch-verify PRIVATE ${HB_WARNINGS} -ffreestanding -fno-stack-protector)
set_property(TARGET hauptbuch-verify PROPERTY POSITION_INDEPENDENT_CODE ON)

find_program(HB_CLANG NAMES clang clang-19 clang-16 clang-15 clang-14)
find_program(HB_WASM_LD NAMES wasm-ld wasm-ld-19 wasm-ld-16 wasm-ld-15 wasm-ld-14)
find_program(HB_LD_LLD NAMES ld.lld ld.lld-19 ld.lld-16 ld.lld-15 ld.lld-14)

set(HB_FREESTANDING ${CMAKE_SOURCE_DIR}/verifiers/freestanding)

# hb_cross_objects(<name> <out-list> <files> <clang flags...>): one object a file under <build>/verify-<name>/.
function(hb_cross_objects name out files)
  set(objects)
  foreach(file IN LISTS files)
    get_filename_component(stem ${file} NAME_WE)
    set(object ${CMAKE_BINARY_DIR}/verify-${name}/${stem}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${HB_CLANG} -std=c17 ${HB_WARNINGS} -O2 -ffreestanding -nostdlibinc -isystem ${HB_FREESTANDING}/include
              -I ${CMAKE_SOURCE_DIR}/src -I ${CMAKE_SOURCE_DIR}/include ${ARGN} -MD -MF ${object}.d -c ${file} -o ${object}
      DEPENDS ${file} DEPFILE ${object}.d VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

if(HB_CLANG AND HB_WASM_LD)
  set(wasm_sources ${HB_VERIFIER_SOURCES} ${HB_FREESTANDING}/memory.c)
  if(NOT HB_ROOMS)
    list(APPEND wasm_sources ${CMAKE_SOURCE_DIR}/verifiers/wasm/wasm_module.c)
  endif()
  hb_cross_objects(wasm32 objects "${wasm_sources}" --target=wasm32 -fvisibility=hidden)
  set(module ${CMAKE_BINARY_DIR}/hauptbuch_verify.wasm)
  # The stack lies below the data, so that an overflow traps.
  add_custom_command(OUTPUT ${module} COMMAND ${HB_WASM_LD} --no-entry --allow-undefined --strip-all --stack-first -z stack-size=1048576
    ${objects} -o ${module} DEPENDS ${objects} VERBATIM)
  configure_file(${CMAKE_SOURCE_DIR}/verifiers/wasm/hauptbuch_verify.mjs ${CMAKE_BINARY_DIR}/hauptbuch_verify.mjs COPYONLY)
  add_custom_target(verify-wasm32 ALL DEPENDS ${module})
endif()

if(HB_CLANG AND HB_LD_LLD)
  hb_cross_objects(rv64im objects "${HB_VERIFIER_SOURCES};${HB_FREESTANDING}/memory.c"
    --target=riscv64-unknown-elf -march=rv64im -mabi=lp64 -mcmodel=medany)
  set(object ${CMAKE_BINARY_DIR}/hauptbuch_verify_rv64im.o)
  add_custom_command(OUTPUT ${object} COMMAND ${HB_LD_LLD} -r ${objects} -o ${object} DEPENDS ${objects} VERBATIM)
  add_custom_target(verify-rv64im ALL DEPENDS ${object})
endif()

# The verifier as a guest: a C project for `hauptbuch build`, of the same sources.
if(NOT HB_ROOMS)
  list(JOIN HB_VERIFIER_SOURCES "\",\n    \"" HB_GUEST_SOURCES)
  set(HB_GUEST_SOURCES "\"${CMAKE_SOURCE_DIR}/verifiers/guest/verifier_guest.c\",\n    \"${HB_GUEST_SOURCES}\"")
  configure_file(${CMAKE_SOURCE_DIR}/verifiers/guest/hauptbuch.json.in ${CMAKE_BINARY_DIR}/verifier_guest/hauptbuch.json @ONLY)
endif()
