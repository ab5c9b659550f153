/* Every reason for which a proof can be rejected, by a proof that is rejected for it. Three kinds of proofs, the first the best:
 *   proven    a cheating prover is honest in all but one point, so that without the one check the proof would be accepted;
 *   frozen    one message is another one, with challenges frozen, so that the check sees a wrong value and not other challenges;
 *   stated    the file says something else (a statement that no prover could afford to prove, a malformed file).
 * The reasons are read off the verifier's sources: a new one without a case here fails the test. */
#include "tests/soundness/conversation.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "chips/columns.h"
#include "machine/prooffile_write.h"
#include "tests/soundness/forgery.h"
#include "tests/soundness/reject_list.h"

static proof_case the_case;
static hb_tape tape;
static conversation honest;
static hb_proof_view view; /* of the honest proof */
static size_t words_at;
static bool met[HB_R_COUNT];

static int make(void **state)
{
    (void)state;
    proof_case_make(&the_case, 1, 7);
    conversation_listen(&honest);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, NULL));
    conversation_listen(NULL);
    assert_int_equal(hb_proof_parse(the_case.proof.data, the_case.proof.len, &view, NULL), HB_OK);
    words_at = the_case.proof.len - 4 * (size_t)view.n_words;
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}

static void expect(hb_reason wanted, hb_reason got, const char *what)
{
    if (got != wanted)
        fail_msg("%s: \"%s\" instead of \"%s\"", what, hb_reject_text(got), hb_reject_text(wanted));
    if (!met[wanted]) /* honest control */
        assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, NULL));
    met[wanted] = true;
}

/* --- proven ------------------------------------------------------------------------------------------------------------------------------ */
static forgery honest_run(void)
{
    const hb_rv_report *report = hb_rv_run_report(the_case.run);
    return (forgery){.record = hb_rv_run_record(the_case.run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len};
}

static hb_reason prove(const forgery *f)
{
    hb_error why = {0};
    const forgery_end end = forge(&the_case, f, &why, NULL);
    assert_int_not_equal(end, FORGERY_NOT_PROVABLE);
    return end == FORGERY_ACCEPTED ? HB_R_NONE : (hb_reason)why.reason;
}

static hb_reason prove_edited(void (*edit)(void *ctx, hb_machine_proof *p))
{
    forgery f = honest_run();
    f.edit = edit;
    f.edit_after_counting = true;
    return prove(&f);
}

static void other_kind(void *ctx, hb_machine_proof *p) { (void)ctx, p->statement.kind = 77; }
static void other_index(void *ctx, hb_machine_proof *p) { (void)ctx, p->statement.index = 1; }
static void kind_exec(void *ctx, hb_machine_proof *p) { (void)ctx, p->statement.kind = HB_KIND_EXEC, p->statement.index = 1; }
static void long_chain_lo(void *ctx, hb_machine_proof *p) { (void)ctx, p->statement.chain_lo += HB_F_P; }
static void long_chain_hi(void *ctx, hb_machine_proof *p) { (void)ctx, p->statement.chain_hi += HB_F_P; }

static hb_f *cell(hb_machine_proof *p, hb_chip_id chip, uint32_t main_column, uint32_t row)
{
    return &forgery_table(p, chip)->cols[hb_chips[chip]->pre_width + main_column][row];
}

/* The last value of a cell of memory; a multiplicity; a result. */
static void other_last_value(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    hb_f *x = cell(p, HB_CHIP_INITFIN, INITFIN_FIN, forgery_table(p, HB_CHIP_INITFIN)->n_rows - 1);
    *x = hb_f_add(*x, HB_F_ONE);
}
static void other_multiplicity(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    hb_f *x = cell(p, HB_CHIP_RC16, 0, 12345);
    *x = hb_f_add(*x, HB_F_ONE);
}
static void other_flag(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    *cell(p, HB_CHIP_SLT, SLT_SIGNED, hb_stored_tiles(1) * HB_TILE_ROWS - 1) = HB_F_CONST(2); /* in a row that no bus sees */
}

/* RC16 with one tile more: 2^16 + 4095 would pass for a limb. */
static void wide_range_table(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    p->statement.heights[HB_CHIP_RC16] += HB_TILE_ROWS;
    assert_true(forgery_relayout(p));
}

static void of_statements(void **state)
{
    (void)state;
    expect(HB_R_NONE, prove_edited(NULL), "nothing changed");
    expect(HB_R_KIND, prove_edited(other_kind), "another kind");
    expect(HB_R_KIND, prove_edited(other_index), "another index");
    expect(HB_R_KIND, prove_edited(kind_exec), "a shard of a run");
    expect(HB_R_CHAIN_END, prove_edited(long_chain_lo), "chain_lo + p");
    expect(HB_R_CHAIN_END, prove_edited(long_chain_hi), "chain_hi + p");
    forgery f = honest_run();
    f.public_bytes = (const uint8_t *)"other bytes";
    f.n_public_bytes = 11;
    expect(HB_R_PUBLIC_BYTES, prove(&f), "other public bytes");
    f.n_public_bytes = 0;
    expect(HB_R_PUBLIC_BYTES, prove(&f), "no public bytes");
}

static void of_tables(void **state)
{
    (void)state;
    expect(HB_R_GKR_PRODUCTS, prove_edited(other_last_value), "another last value");
    expect(HB_R_GKR_FRACTIONS, prove_edited(other_multiplicity), "another multiplicity");
    expect(HB_R_ZEROCHECK_SKIP, prove_edited(other_flag), "a flag that is 2");
    expect(HB_R_HEIGHTS, prove_edited(wide_range_table), "a wider range table");
}

/* A key that says something else than the run: the entry is one instruction further, or it is called something else. */
static void of_keys(void **state)
{
    (void)state;
    static hb_machine_key key;
    hb_error err = {0};
    hb_rv_program program = the_case.program;
    forgery f = honest_run();
    f.key = &key;
    program.entry++;
    assert_int_equal(hb_machine_key_init(&key, &program, the_case.pool, &err), HB_OK);
    expect(HB_R_ENTRY, prove(&f), "a run from another entry");
    hb_machine_key_free(&key);
    key = the_case.key;
    key.vkey[3] ^= 1;
    expect(HB_R_WRONG_KEY, prove(&f), "a proof under the wrong name");
}

/* The run without its last instruction: all is committed, nothing has halted. */
static void back_to_the_truth(void *ctx, hb_machine_proof *p) { p->statement.pc_out = *(const uint32_t *)ctx; }

static void of_an_unfinished_run(void **state)
{
    (void)state;
    static const uint8_t chunk[] = "secret!";
    const hb_rv_span inputs[1] = {{chunk, sizeof chunk}};
    const hb_rv_report *whole = hb_rv_run_report(the_case.run);
    const hb_rv_exec_options options = {.record = true, .inputs = inputs, .n_inputs = 1, .cycle_limit = whole->cycles - 1};
    hb_rv_run *run = NULL;
    hb_error err = {0};
    assert_int_equal(hb_rv_exec(&the_case.program, &options, &run, &err), HB_LIMIT);
    hb_rv_record *record = hb_rv_run_record_mutable(run);
    uint32_t pc_out = record->pc_out;
    record->pc_out = HB_PC_HALT; /* else the prover refuses */
    const forgery f = {.record = record, .public_bytes = whole->public_values.data, .n_public_bytes = whole->public_values.len, .edit = back_to_the_truth, .ctx = &pc_out};
    expect(HB_R_NOT_HALTED, prove(&f), "a run that has not halted");
    hb_rv_run_free(run);
}

/* COMMIT_DEFERRED_PROOFS of something that nobody discharges. */
static void of_obligations(void **state)
{
    (void)state;
    proof_case c;
    hb_rvasm *a = calloc(1, sizeof *a);
    hb_rvasm_li(a, 10, 3);
    hb_rvasm_li(a, 11, 5);
    hb_rvasm_call(a, 0x1a);
    proof_case_commit_nothing(a);
    hb_rvasm_halt(a, 0);
    proof_case_start(&c, a);
    const forgery f = {.record = hb_rv_run_record(c.run)};
    hb_error why = {0};
    assert_int_equal(forge(&c, &f, &why, NULL), FORGERY_REJECTED);
    expect(HB_R_DEFERRED, (hb_reason)why.reason, "a deferred proof");
    proof_case_free(&c);
}

/* A prover that does no work: the same verifier without that check accepts. */
static void of_idlers(void **state)
{
    (void)state;
    static hb_tape empty;
    const hb_rv_report *report = hb_rv_run_report(the_case.run);
    hb_buf file = {0};
    hb_error why = {0};
    conversation_grind_lazily(true);
    assert_int_equal(hb_machine_prove(&the_case.key, hb_rv_run_record(the_case.run), report->public_values.data, report->public_values.len, the_case.pool, NULL, &file, NULL, &why),
                     HB_OK);
    conversation_grind_lazily(false);
    hb_transcript_tape(&empty, HB_TAPE_REPLAY); /* changes no challenge, accepts any nonce */
    assert_true(proof_case_accepts_fast(&the_case, file.data, file.len, 7, &why));
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    assert_false(proof_case_accepts(&the_case, file.data, file.len, 7, &why));
    expect(HB_R_BAD_GRINDING, (hb_reason)why.reason, "a proof without work");
    hb_buf_free(&file);
}

/* --- stated ------------------------------------------------------------------------------------------------------------------------------- */
/* The honest proof's words under another head and another statement. */
static hb_reason restated(const hb_program_part *part, const hb_statement *st, size_t n_words)
{
    hb_buf file = {0};
    hb_error why = {0};
    size_t at;
    uint8_t vkey[32], zero[4] = {0};
    assert_int_equal(hb_proof_write_head(part, st, 0, 0, view.public_bytes, (size_t)view.n_public_bytes, &file), HB_OK);
    assert_int_equal(hb_proof_write_statement(st, &file, &at), HB_OK);
    hb_store_le64(file.data + at, n_words);
    for (size_t i = 0; i < n_words; i++)
        assert_int_equal(hb_buf_append(&file, i < view.n_words ? view.words + 4 * i : zero, 4), HB_OK);
    hb_vkey_digest(part, the_case.key.airs.digest, vkey); /* a caller who asks for this key */
    const bool yes = proof_case_accepts_under(&the_case, vkey, file.data, file.len, st->exit_code, &why);
    hb_buf_free(&file);
    return yes ? HB_R_NONE : (hb_reason)why.reason;
}

static void of_integers(void **state)
{
    (void)state;
    const hb_statement same = view.statement;
    const hb_program_part part = view.part;
    const size_t n = (size_t)view.n_words;
    hb_statement st = same;
    expect(HB_R_NONE, restated(&part, &same, n), "the same");
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        st = same;
        st.heights[c] = (UINT32_C(1) << hb_chips[c]->max_height_log2) + 1;
        expect(HB_R_HEIGHTS, restated(&part, &st, n), "a table that is too high");
        st.heights[c] = UINT32_MAX;
        expect(HB_R_HEIGHTS, restated(&part, &st, n), "a table of 2^32 - 1 rows");
        st.heights[c] = same.heights[c] - 1;
        if (hb_chips[c]->height_rule != HB_HEIGHT_FREE)
            expect(HB_R_HEIGHTS, restated(&part, &st, n), "a table that is too low");
    }
    st = same;
    st.heights[HB_CHIP_INITFIN] = HB_PUBLIC_WORDS - 1;
    expect(HB_R_HEIGHTS, restated(&part, &st, n), "too few cells");
    st = same;
    st.heights[HB_CHIP_ADDI] = UINT32_C(1) << 25;
    expect(HB_R_COUNTS, restated(&part, &st, n), "2^25 instructions");
    st = same;
    st.heights[HB_CHIP_INITFIN] = UINT32_C(1) << 26;
    expect(HB_R_COUNTS, restated(&part, &st, n), "2^28 lookups");
    st = same;
    st.ts_end += 4;
    expect(HB_R_TIME, restated(&part, &st, n), "another time");
    st.ts_end = same.ts_end + HB_F_P;
    expect(HB_R_TIME, restated(&part, &st, n), "another time that is the same mod p");
    st = same;
    st.pc_in += HB_F_P;
    expect(HB_R_ENTRY, restated(&part, &st, n), "another entry that is the same mod p");
    st = same;
    st.exit_code = 256;
    expect(HB_R_EXIT_CODE, restated(&part, &st, n), "an exit code of nine bits");
}

static void of_stacks(void **state)
{
    (void)state;
    hb_statement st = view.statement;
    const uint32_t old = st.heights[HB_CHIP_ADD]; /* wide rows, few lookups: 2^25 - 2^22 rows of it are more than 2^29 cells */
    st.heights[HB_CHIP_ADD] = (UINT32_C(1) << 25) - (UINT32_C(1) << 22);
    st.ts_end += 4 * (st.heights[HB_CHIP_ADD] - old);
    expect(HB_R_STACK_SIZE, restated(&view.part, &st, (size_t)view.n_words), "more than 512 stacked columns");
}

static void of_program_parts(void **state)
{
    (void)state;
    const size_t n = (size_t)view.n_words;
    hb_program_part part = view.part;
    part.img_lo += 4, part.img_hi += 4; /* the key is the same: it has img / 8 */
    expect(HB_R_PROGRAM_IMAGE, restated(&part, &view.statement, n), "an image that begins inside a double word");
    part = view.part;
    part.img_hi = part.img_lo - 8;
    expect(HB_R_PROGRAM_IMAGE, restated(&part, &view.statement, n), "an image that ends before it begins");
    part.img_lo = 0, part.img_hi = 8 * (uint64_t)part.n_image;
    expect(HB_R_PROGRAM_IMAGE, restated(&part, &view.statement, n), "an image below the map");
    part.img_hi = (UINT64_C(1) << 32) + 8, part.img_lo = part.img_hi - 8 * (uint64_t)part.n_image;
    expect(HB_R_PROGRAM_IMAGE, restated(&part, &view.statement, n), "an image above 2^32");
    part = view.part;
    part.n_image++;
    expect(HB_R_HEIGHTS, restated(&part, &view.statement, n), "an image of another length");
    part = view.part;
    part.n_prog++;
    expect(HB_R_HEIGHTS, restated(&part, &view.statement, n), "a program of another length");
    part = view.part;
    part.cap_nodes /= 2;
    expect(HB_R_BAD_LENGTH, restated(&part, &view.statement, n), "half a cap");
    part = view.part;
    part.entry = HB_PC_NOWHERE;
    expect(HB_R_ENTRY, restated(&part, &view.statement, n), "an entry outside the map");
}

static void of_lengths(void **state)
{
    (void)state;
    const size_t n = (size_t)view.n_words;
    expect(HB_R_TRUNCATED, restated(&view.part, &view.statement, n - 1), "a word less");
    expect(HB_R_TRUNCATED, restated(&view.part, &view.statement, 0), "no words");
    expect(HB_R_TRAILING_BYTES, restated(&view.part, &view.statement, n + 1), "a word more");
}

/* The honest file with another byte. */
static hb_reason with_byte(size_t at, uint8_t mask)
{
    hb_error why = {0};
    the_case.proof.data[at] ^= mask;
    const bool yes = proof_case_accepts(&the_case, the_case.proof.data, the_case.proof.len, 7, &why);
    the_case.proof.data[at] ^= mask;
    return yes ? HB_R_NONE : (hb_reason)why.reason;
}

static void of_files(void **state)
{
    (void)state;
    const size_t run = 104 + 32 * (size_t)view.part.cap_nodes, bytes = run + 68 + 12, pad = bytes + 8 + (size_t)view.n_public_bytes;
    const size_t chips = (size_t)(view.proofs - the_case.proof.data) + 28;
    expect(HB_R_BAD_MAGIC, with_byte(7, 3), "another magic");
    expect(HB_R_BAD_PARAMETERS, with_byte(39, 1), "other parameters");
    expect(HB_R_MALFORMED_PROOF, with_byte(47, 1), "a cap of 2^24 nodes");
    expect(HB_R_MALFORMED_PROOF, with_byte(45, (uint8_t)(view.part.cap_nodes >> 8)), "a cap without nodes");
    expect(HB_R_MALFORMED_PROOF, with_byte(bytes - 8, 1), "a nonce of no run in shards");
    expect(HB_R_KIND, with_byte(bytes - 12, 4), "a run in shards that begins with a proof of a whole run");
    expect(HB_R_MALFORMED_PROOF, with_byte(bytes, 4), "another number of public bytes");
    expect(HB_R_MALFORMED_PROOF, with_byte(bytes + 7, 128), "2^63 public bytes");
    assert_true(view.n_public_bytes % 4 != 0);
    expect(HB_R_MALFORMED_PROOF, with_byte(pad, 1), "padding that is not zero");
    expect(HB_R_MALFORMED_PROOF, with_byte(chips, 1), "another number of chips");
    expect(HB_R_MALFORMED_PROOF, with_byte(words_at - 8, 1), "another number of words");
    expect(HB_R_MALFORMED_PROOF, with_byte(words_at - 1, 128), "2^63 words");
}

static void of_the_callers_memory(void **state)
{
    (void)state;
    static hb_proof_view out;
    hb_verify_request request = {.exit_code = 7};
    memcpy(request.vkey, the_case.key.vkey, 32);
    unsigned rejected = 0;
    for (size_t room = 0; room < HB_VERIFY_SCRATCH_BYTES; room += 1 << 14) {
        hb_error why = {0};
        if (hb_machine_verify(&the_case.key.airs, the_case.proof.data, the_case.proof.len, &request, hb_scratch_of(the_case.scratch, room), &out, &why) == HB_OK)
            break;
        expect(HB_R_SCRATCH, (hb_reason)why.reason, "little memory");
        rejected++;
    }
    assert_true(rejected > 3);
}

/* --- frozen ------------------------------------------------------------------------------------------------------------------------------- */
/* The honest proof, with word `at` of its words moved by `add`, before a verifier whose challenges are the honest ones. */
static hb_reason frozen_word(size_t at, uint32_t add)
{
    uint8_t *p = the_case.proof.data + words_at + 4 * at;
    const uint32_t word = hb_load_le32(p);
    hb_error why = {0};
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, &why));
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    hb_store_le32(p, word + add);
    const bool yes = proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, &why);
    hb_store_le32(p, word);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    return yes ? HB_R_NONE : (hb_reason)why.reason;
}

/* The k-th message with this tag (0: raw words): index of its first word. */
static size_t message(uint32_t tag, unsigned k)
{
    for (size_t i = 0; i < honest.n_readings; i++)
        if (honest.readings[i].label == tag && honest.readings[i].kind != READING_NONCE && k-- == 0)
            return honest.readings[i].offset / 4;
    fail_msg("no message %u", tag);
    return 0;
}

static uint32_t word_of(size_t at) { return hb_load_le32(the_case.proof.data + words_at + 4 * at); }
static uint32_t step(size_t at) { return word_of(at) + 1 < HB_F_P ? 1 : UINT32_MAX; } /* stays canonical */

static void of_messages(void **state)
{
    (void)state;
    static const struct {
        hb_tag tag;
        unsigned k;
        uint32_t word;
        hb_reason reason;
    } cases[] = {
        {HB_TAG_GKR_TOP, 0, 0, HB_R_GKR_PRODUCTS},      {HB_TAG_GKR_TOP, 0, 5 * 16, HB_R_GKR_PRODUCTS}, {HB_TAG_GKR_TOP, 0, 5 * 32, HB_R_GKR_FRACTIONS},
        {HB_TAG_GKR_TOP, 0, 5 * 48, HB_R_GKR_FRACTIONS}, {HB_TAG_GKR_END, 0, 0, HB_R_GKR_LAYER},         {HB_TAG_GKR_END, 5, 11, HB_R_GKR_LAYER},
        {HB_TAG_ROUND2, 0, 0, HB_R_GKR_LAYER},           {HB_TAG_ROUND2, 9, 5, HB_R_GKR_LAYER},          {HB_TAG_SKIP, 0, 0, HB_R_ZEROCHECK_SKIP},
        {HB_TAG_SKIP, 0, 304, HB_R_ZEROCHECK_SKIP},      {HB_TAG_ROUND4, 0, 0, HB_R_ZEROCHECK_END},      {HB_TAG_ROUND4, 7, 19, HB_R_ZEROCHECK_END},
        {HB_TAG_COLUMNS, 0, 0, HB_R_ZEROCHECK_END},      {HB_TAG_STACKED, 0, 0, HB_R_TILES},             {HB_TAG_OOD, 0, 0, HB_R_OPENING},
        {HB_TAG_OOD, 2, 9, HB_R_OPENING},                {HB_TAG_FINAL, 0, 0, HB_R_FINAL_QUERIES},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t at = message(cases[i].tag, cases[i].k) + cases[i].word;
        expect(cases[i].reason, frozen_word(at, step(at)), "a message");
    }
    for (unsigned k = 0; k < 8; k++) { /* leaves and siblings of the first openings */
        const size_t at = message(0, k);
        expect(HB_R_MERKLE_ROOT, frozen_word(at, step(at)), "an opening");
    }
    const size_t last = honest.readings[honest.n_readings - 1].offset / 4;
    expect(HB_R_OPENING, frozen_word(last, step(last)), "the last round");
}

/* x + p hashes to the same challenges, since canonical words are absorbed; x and x + p would be two encodings of one proof. */
static void of_encodings(void **state)
{
    (void)state;
    unsigned n = 0;
    for (size_t i = 0; i < honest.n_readings; i++)
        for (size_t k = 0; k < honest.readings[i].n && honest.readings[i].kind == READING_K; k += 37) {
            const size_t at = honest.readings[i].offset / 4 + k;
            if (word_of(at) > UINT32_MAX - HB_F_P)
                continue;
            expect(HB_R_NOT_CANONICAL, frozen_word(at, HB_F_P), "x + p");
            n++;
        }
    assert_true(n > 20);
}

/* Messages that make every q, or a G and an R, zero. */
static hb_reason with_zeros(size_t from, size_t n, size_t from2, size_t n2)
{
    hb_buf file = {0};
    hb_error why = {0};
    assert_int_equal(hb_buf_append(&file, the_case.proof.data, the_case.proof.len), HB_OK);
    memset(file.data + words_at + 4 * from, 0, 4 * n);
    memset(file.data + words_at + 4 * from2, 0, 4 * n2);
    const bool yes = proof_case_accepts(&the_case, file.data, file.len, 7, &why);
    hb_buf_free(&file);
    return yes ? HB_R_NONE : (hb_reason)why.reason;
}

static void of_zeros(void **state)
{
    (void)state;
    const size_t top = message(HB_TAG_GKR_TOP, 0);
    expect(HB_R_GKR_PRODUCT_ZERO, with_zeros(top + 5 * 3, 5, top + 5 * 20, 5), "products that are zero on both sides");
    expect(HB_R_GKR_DENOMINATOR, with_zeros(top + 5 * 48, 5 * 16, top + 5 * 32, 5 * 16), "fractions 0 / 0");
}

/* Challenges that never come: the tape says they did. */
static hb_reason with_challenge(hb_label label, unsigned k, hb_k value)
{
    size_t at = 0, i = 0;
    hb_error why = {0};
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, &why));
    for (; i < honest.n_talks; i++) {
        const talk *e = &honest.talks[i];
        if (e->kind == TALK_CHALLENGE && e->label == (uint32_t)label && k-- == 0)
            break;
        at += e->kind == TALK_CHALLENGE || e->kind == TALK_INDICES ? e->n : 0;
    }
    assert_true(i < honest.n_talks);
    memcpy(tape.words + at, value.c, sizeof value.c);
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    const bool yes = proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, &why);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    return yes ? HB_R_NONE : (hb_reason)why.reason;
}

static void of_degenerate_challenges(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        expect(HB_R_ZERO_CHALLENGE, with_challenge(HB_LABEL_GKR_POINT, i, hb_k_zero()), "z = 0");
    expect(HB_R_ZERO_CHALLENGE, with_challenge(HB_LABEL_SKIP, 0, hb_k_from_f(hb_f_root(4))), "r_0 in the skip domain");
}

static void every_reason_is_met(void **state)
{
    (void)state;
    reject_list_check(met);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_statements),    cmocka_unit_test(of_tables),         cmocka_unit_test(of_keys),
        cmocka_unit_test(of_an_unfinished_run), cmocka_unit_test(of_obligations),
        cmocka_unit_test(of_idlers),        cmocka_unit_test(of_integers),       cmocka_unit_test(of_stacks),
        cmocka_unit_test(of_program_parts), cmocka_unit_test(of_lengths),        cmocka_unit_test(of_files),
        cmocka_unit_test(of_the_callers_memory), cmocka_unit_test(of_messages),  cmocka_unit_test(of_encodings),
        cmocka_unit_test(of_zeros),         cmocka_unit_test(of_degenerate_challenges), cmocka_unit_test(every_reason_is_met),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
