/* A program for the Hauptbuch zkVM. */
#include <hauptbuch.h>

int main(void)
{
    /* Private input: the prover chooses it, nobody else sees it. Check what you rely on. */
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    if (size != 4)
        hb_exit(HB_EXIT_INPUT);
    uint32_t n = (uint32_t)input[0] | (uint32_t)input[1] << 8 | (uint32_t)input[2] << 16 | (uint32_t)input[3] << 24;

    uint64_t sum = (uint64_t)n * (n + UINT64_C(1)) / 2;

    /* Public values: what the proof shows to everybody. */
    write_output(input, size);
    write_output((const uint8_t *)&sum, sizeof sum);
    hb_print("done\n");
    return 0;
}
