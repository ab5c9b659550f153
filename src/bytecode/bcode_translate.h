/* Bytecode to an RV64IM image: an ELF file that the loader of src/rv accepts and that behaves as the bytecode does.
 *
 * The image reads all input chunks, runs the program with all its checks, writes output and gas used (8 bytes, little-endian) to descriptor 13, commits their
 * SHA-256, and halts with the exit code of the end. Deterministic: code, limits and translator version determine every byte, so whoever holds the
 * bytecode can recompute the verifying key. Limits and version are in the image even where the code does not depend on them. */
#pragma once
#include "base/buf.h"
#include "bytecode/bcode_program.h"
#include "rv/rvprogram.h"

/* Where the image keeps the program's memory: limits.memory bytes from here on. */
#define HB_BYTECODE_IMAGE_MEMORY (UINT64_C(1) << 32)

/* Appends the ELF file to out. HB_OUT_OF_MEMORY; on failure out is unchanged. */
hb_status hb_bytecode_translate(hb_buf *out, const hb_bytecode_program *p, hb_error *err);

/* The same, loaded: for executor, keygen and prover. End with hb_rv_program_free. */
hb_status hb_bytecode_translate_load(hb_rv_program *out, const hb_bytecode_program *p, hb_error *err);
