/* The form of chip_beq.c, shared with its fill. */
#pragma once
/* A non-residue of F: 11^((p-1)/2) = -1, so d^2 - 11 e^2 = 0 only for d = e = 0. */
#define HB_BEQ_NONRESIDUE 11
