# Entry of a guest. All registers are 0; memory outside the image reads as zero, so .bss needs no clearing. Weak: a program may bring its own.
    .section .text._start, "ax", @progbits
    .weak _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      tp, __tls_base
    lui     sp, 0x78000             # stack top = image base
    call    hb_rt_start             # does not return
    unimp
    .size _start, . - _start
    .text
