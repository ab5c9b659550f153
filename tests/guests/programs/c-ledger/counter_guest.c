/* The C SDK's ledger: counts in cell "n", keeps the last but one count in "old" and deletes it every third time; what a proof must not let pass ends the run. */
#include <hauptbuch.h>
#include <hauptbuch_ledger.h>

static uint64_t number(const uint8_t *bytes, size_t size)
{
    uint64_t n = 0;
    if (size != 8)
        hb_panic("a count has 8 bytes");
    for (int i = 7; i >= 0; i--)
        n = n << 8 | bytes[i];
    return n;
}

int main(void)
{
    static uint8_t memory[8 * HB_LEDGER_CELL_BYTES] __attribute__((aligned(8)));
    static uint8_t next[8];
    hb_ledger ledger;
    const uint8_t *value, *again;
    size_t size;
    uint64_t n = 0;
    hb_ledger_open(&ledger, "counter", memory, sizeof memory);
    const bool there = hb_ledger_get(&ledger, "n", 1, &value, &size);
    if (there)
        n = number(value, size);
    if (there)
        hb_ledger_put(&ledger, "old", 3, value, size);
    for (int i = 0; i < 8; i++)
        next[i] = (uint8_t)((n + 1) >> (8 * i));
    hb_ledger_put(&ledger, "n", 1, next, sizeof next);
    if (!hb_ledger_get(&ledger, "n", 1, &again, &size) || again != next)
        hb_panic("a write is not seen");
    if (n % 3 == 2)
        hb_ledger_delete(&ledger, "old", 3);
    if (n % 3 == 2 && hb_ledger_get(&ledger, "old", 3, &again, &size))
        hb_panic("a delete is not seen");
    hb_ledger_commit(&ledger);
    write_output((const uint8_t *)"counted", 7);
    return 0;
}
