/* Text form of bytecode.
 *
 *   line       = [ label ":" ] [ instruction | directive ] [ ";" comment ]
 *   label      = letter or "_" or ".", then also digits
 *   directive  = ".stack_limit" number | ".memory_limit" number | ".gas_limit" number      (each at most once; the defaults hold otherwise)
 *   instruction= a name of the table, in any case, and its operand:
 *                  PUSH number, PUSH @label     the smallest PUSH that fits (labels: smallest for all of them together)
 *                  PUSH1 PUSH2 PUSH4 PUSH8      number or @label, which must fit
 *                  DUP n, SWAP n                0..255, 1..255
 *                  GET r, SET r                 0..31, or r0..r31
 *   number     = decimal, or hexadecimal with 0x; up to 2^64 - 1
 *
 * A label stands for the offset of the instruction behind it; one behind the last instruction for the code's length. */
#pragma once
#include "base/buf.h"
#include "bytecode/bcode_program.h"

/* Assembles len bytes of text and appends the code, which is validated. HB_INVALID_PROGRAM, with "line L, column C: reason" (counted from 1; columns are bytes;
 * err->row is the line); HB_OUT_OF_MEMORY. On failure code is unchanged. */
hb_status hb_bytecode_assemble(hb_buf *code, hb_bytecode_limits *limits, const char *text, size_t len, hb_error *err);

/* Appends text that assembles to the same code and limits: targets of constant jumps as labels L<offset in hex>, sizes of PUSH explicit, limits where they are
 * not the defaults. HB_OUT_OF_MEMORY. */
hb_status hb_bytecode_disassemble(hb_buf *text, const hb_bytecode_program *p);
