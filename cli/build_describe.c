#include "cli/build_describe.h"

#include <stdlib.h>
#include <string.h>

#include "cli/build_files.h"
#include "cli/cli.h"
#include "program/package_file.h"

/* Copies as much as fits, whole characters, without control characters (of which lines allows the end of a line). */
static void copy_text(char *out, size_t capacity, const char *text, bool lines)
{
    size_t n = 0;
    for (; text && text[n] && n + 1 < capacity; n++) {
        unsigned char c = (unsigned char)text[n];
        out[n] = (c < 0x20 && !(lines && c == '\n')) || c == 0x7f ? ' ' : text[n];
    }
    while (n && text[n] && ((unsigned char)text[n] & 0xc0) == 0x80) /* in the middle of a character */
        n--;
    out[n] = '\0';
}

static int complain(const hb_error *err)
{
    hb_cli_complain("build", "%s", err->message);
    return err->status == HB_OUT_OF_MEMORY ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
}

static void lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text + 32);
}

int hb_describe(hb_package *p, const hb_description *d)
{
    hb_package_metadata m = {.name = ""};
    hb_error err = {.message = ""};
    char id[HB_PACKAGE_ID_MAX + 2];
    copy_text(m.name, sizeof m.name, d->name, false);
    copy_text(m.version, sizeof m.version, d->version, false);
    copy_text(m.author, sizeof m.author, d->author, false);
    copy_text(m.description, sizeof m.description, d->description, true);
    copy_text(m.license, sizeof m.license, d->license, false);
    if (hb_package_set_metadata(p, &m, &err) != HB_OK)
        return complain(&err);
    if (d->id)
        return hb_package_set_id(p, d->id, &err) == HB_OK ? 0 : complain(&err);
    copy_text(id, sizeof id, d->name, false);
    lower(id);
    if (hb_package_is_id(id))
        return hb_package_set_id(p, id, &err) == HB_OK ? 0 : complain(&err);
    return 0;
}

int hb_describe_programs(hb_package *p, const json_t *programs, const char *where)
{
    if (!programs)
        return 0;
    if (!json_is_object(programs)) {
        hb_cli_complain("build", "%s: \"programs\" must be an object from ids to requirements", where);
        return HB_EXIT_NO;
    }
    for (void *i = json_object_iter((json_t *)(uintptr_t)programs); i; i = json_object_iter_next((json_t *)(uintptr_t)programs, i)) {
        hb_package_dependency d = {.kind = HB_DEPENDENCY_PROGRAM};
        hb_error err = {.message = ""};
        const char *id = json_object_iter_key(i), *requirement = json_string_value(json_object_iter_value(i));
        if (!requirement || strlen(requirement) >= sizeof d.requirement || strlen(id) >= sizeof d.id) {
            hb_cli_complain("build", "%s: %s: '%.80s' needs a requirement, a string such as \"^1.2\"", where, hb_status_text(HB_INVALID_DEPENDENCY), id);
            return HB_EXIT_NO;
        }
        strcpy(d.id, id);
        strcpy(d.requirement, requirement);
        if (hb_package_add_dependency(p, &d, &err) != HB_OK)
            return complain(&err);
    }
    return 0;
}

int hb_describe_limits(hb_package *p, const json_t *limits, const char *where)
{
    hb_package_configuration c = p->configuration;
    hb_error err = {.message = ""};
    const struct {
        const char *key;
        uint64_t *value;
    } known[] = {{"memory", &c.memory_limit}, {"stack", &c.stack_limit}, {"gas", &c.gas_limit}, {"cycles", &c.cycle_limit}};
    if (limits && !json_is_object(limits)) {
        hb_cli_complain("build", "%s: \"limits\" must be an object", where);
        return HB_EXIT_NO;
    }
    for (void *i = json_object_iter((json_t *)(uintptr_t)limits); i; i = json_object_iter_next((json_t *)(uintptr_t)limits, i)) {
        const char *key = json_object_iter_key(i);
        const json_t *value = json_object_iter_value(i);
        unsigned k = 0;
        while (k < 4 && strcmp(known[k].key, key) != 0)
            k++;
        if (k == 4 || !json_is_integer(value) || json_integer_value(value) < 0) {
            hb_cli_complain("build", "%s: \"limits\" takes \"memory\", \"stack\", \"gas\" and \"cycles\", each a number, not \"%.40s\"", where, key);
            return HB_EXIT_NO;
        }
        *known[k].value = (uint64_t)json_integer_value(value);
    }
    return hb_package_set_configuration(p, &c, &err) == HB_OK ? 0 : complain(&err);
}

int hb_build_deliver(const char *elf, const char *output, hb_describe_fn describe, void *ctx)
{
    hb_package p;
    hb_buf file = {0};
    hb_error err = {.message = ""};
    size_t len;
    char *bytes = hb_file_read(elf, &len);
    if (!bytes)
        return HB_EXIT_ENVIRONMENT;
    int status = HB_EXIT_YES;
    if (hb_package_init(&p, HB_PACKAGE_ELF, (const uint8_t *)bytes, len, &err) != HB_OK)
        status = complain(&err);
    free(bytes);
    if (!status)
        status = describe(&p, ctx);
    if (!status && hb_package_write(&file, &p, &err) != HB_OK)
        status = complain(&err);
    if (!status && !hb_file_write(output, file.data, file.len, 0755))
        status = HB_EXIT_ENVIRONMENT;
    hb_buf_free(&file);
    hb_package_free(&p);
    return status;
}
