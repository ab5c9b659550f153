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
    hb_buf_free(&result->writes);
    hb_buf_free(&result->state_commitment);
    hb_buf_free(&result->state_proof);
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

hb_chunk hb_execution_result_ledger_writes(const hb_execution_result *result) { return chunk_of(&result->writes); }
int hb_execution_result_state_verification(const hb_execution_result *result) { return result->state_verified; }
const char *hb_execution_result_state_status(const hb_execution_result *result) { return result->state_status[0] ? result->state_status : "not committed"; }
hb_chunk hb_execution_result_state_commitment(const hb_execution_result *result) { return chunk_of(&result->state_commitment); }
hb_chunk hb_execution_result_state_proof(const hb_execution_result *result) { return chunk_of(&result->state_proof); }

/* --- as bytes: five lengths, exit code, cycles, gas, key; then the five texts ------------------------------------------------------------- */

enum { PARTS = 5, NUMBERS = PARTS * 8, HEAD_BYTES = NUMBERS + 4 + 8 + 8 + 32 };

hb_status hb_api_result_write(const hb_execution_result *r, hb_buf *out)
{
    uint8_t head[HEAD_BYTES];
    const hb_buf *parts[PARTS] = {&r->public_values, &r->out, &r->err, &r->proof, &r->writes};
    for (int i = 0; i < PARTS; i++)
        hb_store_le64(head + 8 * i, parts[i]->len);
    hb_store_le32(head + NUMBERS, r->exit_code);
    hb_store_le64(head + NUMBERS + 4, r->cycles);
    hb_store_le64(head + NUMBERS + 12, r->gas);
    memcpy(head + NUMBERS + 20, r->vkey.bytes, 32);
    hb_status st = hb_buf_append(out, head, sizeof head);
    for (int i = 0; i < PARTS && st == HB_OK; i++)
        st = hb_buf_append(out, parts[i]->data, parts[i]->len);
    return st;
}

bool hb_api_result_read(hb_execution_result *r, const uint8_t *bytes, size_t n)
{
    memset(r, 0, sizeof *r);
    if (n < HEAD_BYTES)
        return false;
    hb_buf *parts[PARTS] = {&r->public_values, &r->out, &r->err, &r->proof, &r->writes};
    size_t at = HEAD_BYTES;
    for (int i = 0; i < PARTS; i++) {
        const uint64_t len = hb_load_le64(bytes + 8 * i);
        if (len > n - at || hb_buf_append(parts[i], bytes + at, (size_t)len) != HB_OK) {
            hb_api_result_clear(r);
            return false;
        }
        at += (size_t)len;
    }
    r->exit_code = hb_load_le32(bytes + NUMBERS);
    r->cycles = hb_load_le64(bytes + NUMBERS + 4);
    r->gas = hb_load_le64(bytes + NUMBERS + 12);
    memcpy(r->vkey.bytes, bytes + NUMBERS + 20, 32);
    if (at == n)
        return true;
    hb_api_result_clear(r);
    return false;
}
