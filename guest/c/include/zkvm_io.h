/* Input and output of a zkVM guest as the eth-act zkvm-standards define them ("io-interface"). */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The private input: the first input chunk, in place. Any number of calls give the same answer. Size 0 if there is no input. */
void read_input(const uint8_t **buf_ptr, size_t *buf_size);

/* Appends to the public output. */
void write_output(const uint8_t *output, size_t size);

#ifdef __cplusplus
}
#endif
