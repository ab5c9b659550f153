# What `make install PREFIX=...` lays where: program, libraries, headers, guest SDKs and examples, the WebAssembly verifier, man page, and what
# pkg-config and find_package need for libhauptbuch-verify. The program finds share/hauptbuch/guest relative to itself, so that the tree can be moved.
if(HB_ROOMS)
  return() # a part is not installed
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set_target_properties(hauptbuch_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
install(TARGETS hauptbuch_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS hauptbuch hauptbuch_shared DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS hauptbuch-verify EXPORT hauptbuch-verify DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/hauptbuch DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

set(HB_SHARE ${CMAKE_INSTALL_DATADIR}/hauptbuch)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/guest DESTINATION ${HB_SHARE} USE_SOURCE_PERMISSIONS
  PATTERN target EXCLUDE PATTERN "*.elf" EXCLUDE PATTERN .gitignore EXCLUDE)
# The C SDK's ledger (guest/c/src/ledger_guest.c) is compiled from these, which it looks for beside the guest directory.
set(HB_SDK_SOURCES base/bytes.h base/check.h base/error.h base/reject.c base/reject.h base/status.h hash/blake3.c hash/blake3.h hash/blake3c.c hash/blake3c.h
  ledger/ledger_hash.c ledger/ledger_hash.h ledger/state_proof.h ledger/state_proof_verify.c)
foreach(file IN LISTS HB_SDK_SOURCES)
  get_filename_component(room ${file} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/src/${file} DESTINATION ${HB_SHARE}/src/${room})
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/include/hauptbuch/errors.h DESTINATION ${HB_SHARE}/include/hauptbuch)
install(FILES ${CMAKE_SOURCE_DIR}/verifiers/freestanding/include/string.h DESTINATION ${HB_SHARE}/verifiers/freestanding/include)
if(TARGET verify-wasm32)
  install(FILES ${CMAKE_BINARY_DIR}/hauptbuch_verify.wasm ${CMAKE_BINARY_DIR}/hauptbuch_verify.mjs ${CMAKE_SOURCE_DIR}/verifiers/wasm/README.md
    DESTINATION ${HB_SHARE}/wasm)
endif()
install(FILES ${CMAKE_SOURCE_DIR}/docs/hauptbuch.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# The prefix of the .pc file is relative to where it lies, as the program's.
file(RELATIVE_PATH HB_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/hauptbuch-verify.pc.in ${CMAKE_BINARY_DIR}/hauptbuch-verify.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/hauptbuch-verify.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(HB_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/hauptbuch-verify)
install(EXPORT hauptbuch-verify FILE hauptbuch-verify-config.cmake NAMESPACE hauptbuch:: DESTINATION ${HB_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/hauptbuch-verify-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/hauptbuch-verify-config-version.cmake DESTINATION ${HB_PACKAGE_DIR})
