#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "base/bytes.h"

void hb_api_result_clear(hb_execution_result *result)
{
    hb_buf_free(&result->public_values);
    hb_buf_free(&result->out);
    hb_buf_free(&result->err);
    hb_buf_free(&result->proof);
    memset(result, 0, sizeof *result);
}

void hb_execution_result_free(hb_execution_result *result)
{
    if (result)
        hb_api_result_clear(result);
    free(result);
}

static hb_chunk chunk_of(const hb_buf *b)
{
    return (hb_chunk){b->data, b->len};
}

uint32_t hb_execution_result_exit_code(const hb_execution_result *result) { return result->exit_code; }
uint64_t hb_execution_result_cycles(const hb_execution_result *result) { return result->cycles; }
uint64_t hb_execution_result_gas(const hb_execution_result *result) { return result->gas; }
hb_chunk hb_execution_result_public_values(const hb_execution_result *result) { return chunk_of(&result->public_values); }
hb_chunk hb_execution_result_stdout(const hb_execution_result *result) { return chunk_of(&result->out); }
hb_chunk hb_execution_result_stderr(const hb_execution_result *result) { return chunk_of(&result->err); }
hb_chunk hb_execution_result_proof(const hb_execution_result *result) { return chunk_of(&result->proof); }
hb_verifying_key hb_execution_result_verifying_key(const hb_execution_result *result) { return result->vkey; }
int hb_execution_result_sandboxed(const hb_execution_result *result) { return result->sandboxed; }

/* No ledger can be opened through a handle yet, so there is no state to speak of. */
int hb_execution_result_state_verification(const hb_execution_result *result)
{
    (void)result;
    return 0;
}

const char *hb_execution_result_state_status(const hb_execution_result *result)
{
    (void)result;
    return "no ledger";
}

hb_chunk hb_execution_result_state_commitment(const hb_execution_result *result)
{
    (void)result;
    return (hb_chunk){NULL, 0};
}

hb_chunk hb_execution_result_state_proof(const hb_execution_result *result)
{
    (void)result;
    return (hb_chunk){NULL, 0};
}

/* --- as bytes: four lengths, exit code, cycles, gas, key; then the four texts ------------------------------------------------------------- */

enum { HEAD_BYTES = 4 * 8 + 4 + 8 + 8 + 32 };

hb_status hb_api_result_write(const hb_execution_result *r, hb_buf *out)
{
    uint8_t head[HEAD_BYTES];
    const hb_buf *parts[4] = {&r->public_values, &r->out, &r->err, &r->proof};
    for (int i = 0; i < 4; i++)
        hb_store_le64(head + 8 * i, parts[i]->len);
    hb_store_le32(head + 32, r->exit_code);
    hb_store_le64(head + 36, r->cycles);
    hb_store_le64(head + 44, r->gas);
    memcpy(head + 52, r->vkey.bytes, 32);
    hb_status st = hb_buf_append(out, head, sizeof head);
    for (int i = 0; i < 4 && st == HB_OK; i++)
        st = hb_buf_append(out, parts[i]->data, parts[i]->len);
    return st;
}

bool hb_api_result_read(hb_execution_result *r, const uint8_t *bytes, size_t n)
{
    memset(r, 0, sizeof *r);
    if (n < HEAD_BYTES)
        return false;
    hb_buf *parts[4] = {&r->public_values, &r->out, &r->err, &r->proof};
    size_t at = HEAD_BYTES;
    for (int i = 0; i < 4; i++) {
        const uint64_t len = hb_load_le64(bytes + 8 * i);
        if (len > n - at || hb_buf_append(parts[i], bytes + at, (size_t)len) != HB_OK) {
            hb_api_result_clear(r);
            return false;
        }
        at += (size_t)len;
    }
    r->exit_code = hb_load_le32(bytes + 32);
    r->cycles = hb_load_le64(bytes + 36);
    r->gas = hb_load_le64(bytes + 44);
    memcpy(r->vkey.bytes, bytes + 52, 32);
    if (at == n)
        return true;
    hb_api_result_clear(r);
    return false;
}
