/* Naming of kernels that are compiled once per instruction set.
 *
 * A file `x_kernel.c` is compiled with HB_KERNEL_ISA = baseline, avx2 and avx512 (only baseline outside x86-64). All its symbols are
 * static but one table of function pointers:
 *     const hb_x_kernels HB_ISA_SYM(hb_x_kernels_table) = { ... };
 * The header beside it declares the tables, and the plain file `x.c` picks one at each call:
 *     HB_ISA_TABLES(hb_x_kernels, hb_x_kernels_table)           in x_kernel.h or x.c, file scope, no semicolon
 *     HB_ISA_PICK(hb_x_kernels_table)->butterfly(...)
 * The kernel file includes that declaration too, so that the compiler compares them. */
#pragma once
#include "base/cpu.h"

#define HB_ISA_PASTE_(name, isa) name##_##isa
#define HB_ISA_PASTE(name, isa) HB_ISA_PASTE_(name, isa)

/* Only in *_kernel.c. */
#define HB_ISA_SYM(name) HB_ISA_PASTE(name, HB_KERNEL_ISA)

#if defined __x86_64__
#define HB_ISA_TABLES(type, name) extern const type name##_baseline, name##_avx2, name##_avx512;
#define HB_ISA_PICK(name) HB_ISA_PICK_AT(name, hb_isa_current())
#define HB_ISA_PICK_AT(name, isa)                                                                                      \
    ((isa) >= HB_ISA_AVX512 ? &name##_avx512 : (isa) == HB_ISA_AVX2 ? &name##_avx2 : &name##_baseline)
#else
#define HB_ISA_TABLES(type, name) extern const type name##_baseline;
#define HB_ISA_PICK(name) (&name##_baseline)
#define HB_ISA_PICK_AT(name, isa) ((void)(isa), &name##_baseline)
#endif
