/* Makes SHA-256 and Keccak-256 of its input public. */
#include <hauptbuch.h>
#include <zkvm_accelerators.h>

int main(void)
{
    const uint8_t *input;
    size_t size;
    zkvm_sha256_hash sha;
    zkvm_keccak256_hash keccak;
    read_input(&input, &size);
    if (zkvm_sha256(input, size, &sha) != ZKVM_EOK || zkvm_keccak256(input, size, &keccak) != ZKVM_EOK)
        hb_panic("hashing failed");
    write_output(sha.data, sizeof sha.data);
    write_output(keccak.data, sizeof keccak.data);
    return 0;
}
