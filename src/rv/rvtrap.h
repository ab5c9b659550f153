/* Why a run of a guest ended other than by HALT. */
#pragma once
#include <stdint.h>

/* X(NAME, text). Texts are completed in messages by pc, address, word or number. */
#define HB_RV_TRAPS(X)                                                                                                  \
    X(NONE, "none")                                                                                                     \
    X(INVALID_INSTRUCTION, "Invalid instruction")                                                                       \
    X(EBREAK, "EBREAK executed")                                                                                        \
    X(UNIMP, "UNIMP executed (the program reached code that must not be reached)")                                      \
    X(PC_MISALIGNED, "jump to an address that is not a multiple of 4")                                                  \
    X(PC_OUTSIDE, "jump outside the program's text")                                                                    \
    X(NULL_ACCESS, "access below 0x10000 (null pointer)")                                                               \
    X(UNMAPPED, "access outside the memory map")                                                                        \
    X(STORE_TO_TEXT, "store to the program's text")                                                                     \
    X(STACK_OVERFLOW, "stack overflow (access below the stack limit)")                                                  \
    X(MEMORY_LIMIT, "memory limit reached")                                                                             \
    X(HOST_MEMORY, "the host has no memory left")                                                                       \
    X(EXIT_CODE, "HALT with an exit code that is not in 0..255")                                                        \
    X(COMMIT_INDEX, "commit of a word whose index is not in 0..7")                                                      \
    X(COMMIT_WORD, "commit of a word that has more than 32 bits")                                                       \
    X(CALL_UNPROVABLE, "call that this version cannot prove")                                                           \
    X(CALL_UNKNOWN, "unknown call")                                                                                     \
    X(CALL_UNCONSTRAINED, "call that is not allowed in an unconstrained block")                                         \
    X(EXIT_UNCONSTRAINED, "EXIT_UNCONSTRAINED outside an unconstrained block")                                          \
    X(WRITE_RANGE, "WRITE of bytes outside the memory map")                                                             \
    X(WRITE_DESCRIPTOR, "WRITE to an unknown descriptor")                                                               \
    X(OUTPUT_LIMIT, "output limit reached")                                                                             \
    X(HOOK, "hook failed")                                                                                              \
    X(STDIN_REQUEST, "request for standard input that is not 8 bytes")                                                  \
    X(HINT_EMPTY, "HINT_READ without an input chunk left")                                                              \
    X(HINT_LENGTH, "HINT_READ with a length other than the chunk's")                                                    \
    X(HINT_POINTER, "HINT_READ to an address that is not a multiple of 8")                                              \
    X(HINT_REGION, "HINT_READ outside the input region")                                                                \
    X(HINT_NOT_FRESH, "HINT_READ to a word that was already used")

#define HB_RV_TRAP_ENUM_(NAME, text) HB_TRAP_##NAME,
typedef enum hb_rv_trap { HB_RV_TRAPS(HB_RV_TRAP_ENUM_) HB_TRAP_COUNT } hb_rv_trap;

/* Never NULL. */
const char *hb_rv_trap_text(hb_rv_trap trap);
