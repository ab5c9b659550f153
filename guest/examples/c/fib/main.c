/* The n-th Fibonacci number modulo 2^32. n: 4 bytes of input, little-endian; without input 2^20. The twin of examples/rust/fibonacci. */
#include <hauptbuch.h>

int main(void)
{
    const uint8_t *input;
    size_t size;
    uint32_t n = 1u << 20;
    read_input(&input, &size);
    if (size != 0 && size != 4)
        hb_exit(HB_EXIT_INPUT);
    if (size == 4)
        n = (uint32_t)input[0] | (uint32_t)input[1] << 8 | (uint32_t)input[2] << 16 | (uint32_t)input[3] << 24;
    uint32_t a = 0, b = 1;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t sum = a + b;
        a = b;
        b = sum;
    }
    hb_print("fibonacci(");
    hb_print_u64(n);
    hb_print(") mod 2^32 = ");
    hb_print_u64(a);
    hb_print("\n");
    write_output((const uint8_t *)&n, sizeof n);
    write_output((const uint8_t *)&a, sizeof a);
    return 0;
}
