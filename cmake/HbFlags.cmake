# Compiler settings: one language level, one list of warnings, three build types (Release, Checked, Fuzz).
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Checked or Fuzz" FORCE)
endif()
if(NOT CMAKE_BUILD_TYPE MATCHES "^(Release|Checked|Fuzz)$")
  message(FATAL_ERROR "CMAKE_BUILD_TYPE is ${CMAKE_BUILD_TYPE}; use Release, Checked or Fuzz")
endif()

set(HB_SANITIZE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
set(CMAKE_C_FLAGS_RELEASE "-O2 -g" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_CHECKED "-O1 -g" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_FUZZ "-O1 -g" CACHE STRING "" FORCE)

# What every hosted target is compiled with. The freestanding ones (HbVerifier) take HB_WARNINGS only.
set(HB_WARNINGS -Wall -Wextra -Wshadow -Wvla -Wundef -Wstrict-prototypes -Wmissing-prototypes)
if(HB_WERROR)
  list(APPEND HB_WARNINGS -Werror)
endif()

add_library(hb_options INTERFACE)
target_compile_options(hb_options INTERFACE ${HB_WARNINGS} -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=
  $<$<CONFIG:Checked,Fuzz>:${HB_SANITIZE}>
  $<$<CONFIG:Fuzz>:-fsanitize=fuzzer-no-link>
  $<$<AND:$<CONFIG:Fuzz>,$<BOOL:$<TARGET_PROPERTY:HB_NOT_FUZZED>>>:-fno-sanitize=all>)
target_link_options(hb_options INTERFACE $<$<CONFIG:Checked,Fuzz>:${HB_SANITIZE}>)
target_compile_definitions(hb_options INTERFACE _GNU_SOURCE $<$<CONFIG:Checked,Fuzz>:HB_CHECKED>)
target_include_directories(hb_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

if(HB_FUZZ AND NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "HB_FUZZ needs clang (preset fuzz)")
endif()
