/* Invariants as code. Never for input: a malformed proof, program or file is an error value, not an assertion.
 *
 *   HB_ASSERT(x)        holds in every build; prints file, line and expression and aborts. In freestanding code (verifier, guest) it traps.
 *   HB_GHOST(...)       the text between the parentheses in checked builds (HB_CHECKED), nothing elsewhere. For members that
 *                       only assertions read and for checks too dear for release:
 *                           struct s { uint32_t v; HB_GHOST(uint32_t range;) };
 *                           HB_GHOST(HB_ASSERT(all_canonical(v, n));)
 *                       Semicolons go inside. */
#pragma once

#if __STDC_HOSTED__
_Noreturn void hb_assert_fail(const char *file, int line, const char *function, const char *expression);
#define HB_ASSERT_FAIL_(expression) hb_assert_fail(__FILE__, __LINE__, __func__, expression)
#else
#define HB_ASSERT_FAIL_(expression) __builtin_trap()
#endif

#define HB_ASSERT(x) (__builtin_expect(!!(x), 1) ? (void)0 : HB_ASSERT_FAIL_(#x))

#ifdef HB_CHECKED
#define HB_GHOST(...) __VA_ARGS__
#else
#define HB_GHOST(...)
#endif
