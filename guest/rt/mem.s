# memcpy, memmove, memset for RV64IM, counted in instructions rather than in nanoseconds: every executed instruction is a row
# of the proof, so loops are unrolled to eight double words (2.4 instructions for 8 bytes instead of 5). Only aligned accesses:
# a misaligned one works on this machine, but costs a dearer row. If source and destination differ modulo 8, aligned double
# words of the source are merged by shifts; that reads whole double words that hold at least one wanted byte, never others.
# Weak: a program may bring its own.

    .text
    .p2align 2

# void *memcpy(a0 dst, a1 src, a2 n): also memmove's forward half (safe for dst < src, overlapping or not).
    .weak memcpy
    .type memcpy, @function
memcpy:
    mv      t6, a0                  # cursor; a0 stays the result
    li      t0, 16
    bltu    a2, t0, .Lcpy_tail      # short: bytes
    andi    t0, t6, 7
    beqz    t0, .Lcpy_aligned_dst
    li      t1, 8
    sub     t0, t1, t0              # bytes up to alignment
    sub     a2, a2, t0
    add     t0, t0, t6
.Lcpy_head:
    lbu     t1, 0(a1)
    addi    a1, a1, 1
    sb      t1, 0(t6)
    addi    t6, t6, 1
    bne     t6, t0, .Lcpy_head
.Lcpy_aligned_dst:
    andi    t0, a1, 7
    bnez    t0, .Lcpy_shift
    andi    t0, a2, -64
    beqz    t0, .Lcpy_words
    add     t5, t6, t0
    andi    a2, a2, 63
.Lcpy_block:
    ld      t0, 0(a1)
    ld      t1, 8(a1)
    ld      t2, 16(a1)
    ld      t3, 24(a1)
    ld      a3, 32(a1)
    ld      a4, 40(a1)
    ld      a5, 48(a1)
    ld      a6, 56(a1)
    addi    a1, a1, 64
    sd      t0, 0(t6)
    sd      t1, 8(t6)
    sd      t2, 16(t6)
    sd      t3, 24(t6)
    sd      a3, 32(t6)
    sd      a4, 40(t6)
    sd      a5, 48(t6)
    sd      a6, 56(t6)
    addi    t6, t6, 64
    bne     t6, t5, .Lcpy_block
.Lcpy_words:
    andi    t0, a2, -8
    beqz    t0, .Lcpy_tail
    add     t5, t6, t0
    andi    a2, a2, 7
.Lcpy_word:
    ld      t0, 0(a1)
    addi    a1, a1, 8
    sd      t0, 0(t6)
    addi    t6, t6, 8
    bne     t6, t5, .Lcpy_word
.Lcpy_tail:
    beqz    a2, .Lcpy_done
    add     t5, t6, a2
.Lcpy_byte:
    lbu     t0, 0(a1)
    addi    a1, a1, 1
    sb      t0, 0(t6)
    addi    t6, t6, 1
    bne     t6, t5, .Lcpy_byte
.Lcpy_done:
    ret

# dst aligned, src not: t0 = src mod 8. t2 holds the double word at a3 (aligned); each step merges it with the next one.
.Lcpy_shift:
    slli    t3, t0, 3               # bits to drop
    neg     t4, t3                  # shift amounts count modulo 64
    andi    a3, a1, -8
    ld      t2, 0(a3)
    andi    t0, a2, -32
    beqz    t0, .Lcpy_shift_words
    add     t5, t6, t0
    add     a1, a1, t0
    andi    a2, a2, 31
.Lcpy_shift_block:
    srl     t0, t2, t3
    ld      a4, 8(a3)
    sll     t1, a4, t4
    or      t0, t0, t1
    sd      t0, 0(t6)
    srl     a4, a4, t3
    ld      a5, 16(a3)
    sll     t1, a5, t4
    or      a4, a4, t1
    sd      a4, 8(t6)
    srl     a5, a5, t3
    ld      a6, 24(a3)
    sll     t1, a6, t4
    or      a5, a5, t1
    sd      a5, 16(t6)
    srl     a6, a6, t3
    ld      t2, 32(a3)
    sll     t1, t2, t4
    or      a6, a6, t1
    sd      a6, 24(t6)
    addi    a3, a3, 32
    addi    t6, t6, 32
    bne     t6, t5, .Lcpy_shift_block
.Lcpy_shift_words:
    andi    t0, a2, -8
    beqz    t0, .Lcpy_tail
    add     t5, t6, t0
    add     a1, a1, t0
    andi    a2, a2, 7
.Lcpy_shift_word:
    srl     t0, t2, t3
    ld      t2, 8(a3)
    addi    a3, a3, 8
    sll     t1, t2, t4
    or      t0, t0, t1
    sd      t0, 0(t6)
    addi    t6, t6, 8
    bne     t6, t5, .Lcpy_shift_word
    j       .Lcpy_tail
    .size memcpy, . - memcpy

# void *memmove(a0 dst, a1 src, a2 n)
    .weak memmove
    .type memmove, @function
memmove:
    sub     t0, a0, a1
    bgeu    t0, a2, .Lmove_forward  # dst below src, or no overlap (unsigned difference)
    add     t6, a0, a2              # backward: cursors at the ends
    add     a1, a1, a2
    or      t0, t6, a1
    andi    t0, t0, 7
    bnez    t0, .Lmove_bytes        # ends not aligned together
    andi    t0, a2, -32
    beqz    t0, .Lmove_words
    sub     t5, t6, t0
    andi    a2, a2, 31
.Lmove_block:
    ld      t0, -8(a1)
    ld      t1, -16(a1)
    ld      t2, -24(a1)
    ld      t3, -32(a1)
    addi    a1, a1, -32
    sd      t0, -8(t6)
    sd      t1, -16(t6)
    sd      t2, -24(t6)
    sd      t3, -32(t6)
    addi    t6, t6, -32
    bne     t6, t5, .Lmove_block
.Lmove_words:
    andi    t0, a2, -8
    beqz    t0, .Lmove_bytes
    sub     t5, t6, t0
    andi    a2, a2, 7
.Lmove_word:
    ld      t0, -8(a1)
    addi    a1, a1, -8
    sd      t0, -8(t6)
    addi    t6, t6, -8
    bne     t6, t5, .Lmove_word
.Lmove_bytes:
    # Fewer than 8 bytes left, or ends out of step. If they are in step modulo 8, bytes down to alignment and then words again.
    beqz    a2, .Lmove_done
    xor     t0, t6, a1
    andi    t0, t0, 7
    bnez    t0, .Lmove_byte_all
    li      t0, 16
    bltu    a2, t0, .Lmove_byte_all
    andi    t0, t6, 7
    sub     a2, a2, t0
    sub     t5, t6, t0
.Lmove_head:
    lbu     t1, -1(a1)
    addi    a1, a1, -1
    sb      t1, -1(t6)
    addi    t6, t6, -1
    bne     t6, t5, .Lmove_head
    andi    t0, a2, -32
    beqz    t0, .Lmove_words
    sub     t5, t6, t0
    andi    a2, a2, 31
    j       .Lmove_block
.Lmove_byte_all:
    sub     t5, t6, a2
.Lmove_byte:
    lbu     t0, -1(a1)
    addi    a1, a1, -1
    sb      t0, -1(t6)
    addi    t6, t6, -1
    bne     t6, t5, .Lmove_byte
.Lmove_done:
    ret
.Lmove_forward:
    tail    memcpy
    .size memmove, . - memmove

# void *memset(a0 dst, a1 byte, a2 n)
    .weak memset
    .type memset, @function
memset:
    mv      t6, a0
    andi    a1, a1, 255
    li      t0, 16
    bltu    a2, t0, .Lset_tail
    beqz    a1, .Lset_align         # zero needs no spreading
    slli    t0, a1, 8
    or      a1, a1, t0
    slli    t0, a1, 16
    or      a1, a1, t0
    slli    t0, a1, 32
    or      a1, a1, t0
.Lset_align:
    andi    t0, t6, 7
    beqz    t0, .Lset_aligned
    li      t1, 8
    sub     t0, t1, t0
    sub     a2, a2, t0
    add     t0, t0, t6
.Lset_head:
    sb      a1, 0(t6)
    addi    t6, t6, 1
    bne     t6, t0, .Lset_head
.Lset_aligned:
    andi    t0, a2, -64
    beqz    t0, .Lset_words
    add     t5, t6, t0
    andi    a2, a2, 63
.Lset_block:
    sd      a1, 0(t6)
    sd      a1, 8(t6)
    sd      a1, 16(t6)
    sd      a1, 24(t6)
    sd      a1, 32(t6)
    sd      a1, 40(t6)
    sd      a1, 48(t6)
    sd      a1, 56(t6)
    addi    t6, t6, 64
    bne     t6, t5, .Lset_block
.Lset_words:
    andi    t0, a2, -8
    beqz    t0, .Lset_tail
    add     t5, t6, t0
    andi    a2, a2, 7
.Lset_word:
    sd      a1, 0(t6)
    addi    t6, t6, 8
    bne     t6, t5, .Lset_word
.Lset_tail:
    beqz    a2, .Lset_done
    add     t5, t6, a2
.Lset_byte:
    sb      a1, 0(t6)
    addi    t6, t6, 1
    bne     t6, t5, .Lset_byte
.Lset_done:
    ret
    .size memset, . - memset
