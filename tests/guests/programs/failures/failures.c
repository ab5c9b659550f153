/* Ends in the way that its first argument names; every way that traps has a function of its own, so that reports can be held against the symbol table. */
#include <hauptbuch.h>

#define WAY(name) __attribute__((noinline)) static void way_##name(void)
#define IMAGE_END_OR_SO ((volatile uint64_t *)(((uint64_t)1 << 37) + 64)) /* beyond the input region */

extern const char _start[];

WAY(exit_1) { hb_exit(1); }
WAY(exit_3) { hb_exit(3); }
WAY(exit_255) { hb_exit(-1); }
WAY(panic) { hb_panic("this is the message"); }
WAY(load_null) { __asm__ volatile("ld t0, 8(zero)" ::: "t0"); }
WAY(load_outside) { hb_print_u64(*IMAGE_END_OR_SO); }
WAY(store_outside) { *IMAGE_END_OR_SO = 1; }
WAY(store_text) { *(volatile uint32_t *)(uintptr_t)_start = 0; }
WAY(ebreak) { __asm__ volatile("ebreak"); }
WAY(unimp) { __asm__ volatile(".4byte 0xc0001073"); }
WAY(undecodable) { __asm__ volatile(".4byte 0xffffffff"); }
WAY(compressed) { __asm__ volatile(".4byte 0x00010001"); } /* two c.nop */
WAY(jump_zero) { __asm__ volatile("jr zero"); }
WAY(jump_outside) { __asm__ volatile("li t0, 0x70000000\n\tjr t0" ::: "t0"); }
WAY(jump_odd) { __asm__ volatile("la t0, _start\n\tjr 2(t0)" ::: "t0"); }
WAY(unknown_call) { __asm__ volatile("li t0, 0x777\n\tecall" ::: "t0"); }
WAY(loop)
{
    for (volatile uint64_t i = 0;; i++)
        ;
}

/* volatile: that nothing is concluded from the depth. */
static volatile int depth;
__attribute__((noinline)) static int way_recursion(int n)
{
    volatile char frame[4096];
    frame[n & 4095] = (char)n;
    depth = n;
    return way_recursion(n + 1) + frame[depth & 4095];
}

WAY(recursion_begin) { depth = way_recursion(0); }

static const struct {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"exit_1", way_exit_1},
    {"exit_3", way_exit_3},
    {"exit_255", way_exit_255},
    {"panic", way_panic},
    {"load_null", way_load_null},
    {"load_outside", way_load_outside},
    {"store_outside", way_store_outside},
    {"store_text", way_store_text},
    {"ebreak", way_ebreak},
    {"unimp", way_unimp},
    {"undecodable", way_undecodable},
    {"compressed", way_compressed},
    {"jump_zero", way_jump_zero},
    {"jump_outside", way_jump_outside},
    {"jump_odd", way_jump_odd},
    {"unknown_call", way_unknown_call},
    {"loop", way_loop},
    {"recursion", way_recursion_begin},
};

static bool same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

int main(int argc, char **argv)
{
    write_output((const uint8_t *)"begun", 5);
    hb_print("on standard output\n");
    hb_write_stderr("the last words\n", 15);
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
        if (same(argv[1], ways[i].name))
            ways[i].run();
    return 0;
}
