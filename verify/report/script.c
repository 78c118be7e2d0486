/* The proof without this program: a POSIX shell script that puts the archive together from the
 * source, literal text and what sha256sum says of parts it made before. */
#include <inttypes.h>
#include <stdio.h>

#include "engines/gotar.h"
#include "engines/marked_json.h"
#include "report/audit.h"
#include "tar/reader.h"

/* A word in single quotes. */
static void quoted(struct sb_buf *buf, struct sb_span text) {
    sb_buf_append_byte(buf, '\'');
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\'')
            sb_buf_append_string(buf, "'\\''");
        else
            sb_buf_append_byte(buf, text.data[i]);
    sb_buf_append_byte(buf, '\'');
}

static const char functions[] =
    "# block NAME MODE SIZE MTIME TYPE OWNER: a ustar header block, checksum included. An "
    "extended\n"
    "# header has no device numbers.\n"
    "block() {\n"
    "    { printf '%s' \"$1\"; zeros $((100 - ${#1}))\n"
    "      printf '%07o\\0%07o\\0%07o\\0%011o\\0%011o\\0' \"$2\" 0 0 \"$3\" \"$4\"\n"
    "      printf '        %s' \"$5\"; zeros 100; printf 'ustar\\00000'\n"
    "      printf '%s' \"$6\"; zeros $((32 - ${#6})); printf '%s' \"$6\"; zeros $((32 - ${#6}))\n"
    "      if [ \"$5\" = x ]; then zeros 16; else printf '%07o\\0%07o\\0' 0 0; fi; zeros 167; } "
    ">h\n"
    "    sum=0; for byte in $(od -An -v -tu1 h); do sum=$((sum + byte)); done\n"
    "    dd if=h bs=1 count=148 2>/dev/null; printf '%06o\\0 ' \"$sum\"\n"
    "    dd if=h bs=1 skip=156 2>/dev/null\n"
    "}\n"
    "# header, as block: a time that eleven octal digits do not hold stands in an extended "
    "header.\n"
    "header() {\n"
    "    if [ \"$4\" -lt 0 ] || [ \"$4\" -gt 8589934591 ]; then\n"
    "        case $1 in */*) folder=${1%/*}/ ;; *) folder= ;; esac\n"
    "        name=${1##*/}; name=${folder}PaxHeaders.0${name:+/$name}\n"
    "        rest=\" mtime=$4 \"; all=${#rest}\n"
    "        while [ $((${#rest} + ${#all})) != \"$all\" ]; do all=$((${#rest} + ${#all})); done\n"
    "        block \"$name\" 0 \"$all\" 0 x ''; printf '%s mtime=%s\\n' \"$all\" \"$4\"\n"
    "        zeros $((512 - all)); set -- \"$1\" \"$2\" \"$3\" 0 \"$5\" \"$6\"\n"
    "    fi\n"
    "    block \"$@\"\n"
    "}\n"
    "zeros() { [ \"$1\" = 0 ] || dd if=/dev/zero bs=1 count=\"$1\" 2>/dev/null; }\n"
    "size() { echo $(($(wc -c <\"$1\"))); }\n"
    "sha() { sha256sum <\"$1\" | cut -d ' ' -f 1; }\n"
    "# entry NAME MODE MTIME OWNER FILE: header, content, padding.\n"
    "entry() {\n"
    "    header \"$1\" \"$2\" \"$(size \"$5\")\" \"$3\" 0 \"$4\"\n"
    "    cat \"$5\"; zeros $(((512 - $(size \"$5\") % 512) % 512))\n"
    "}\n";

static void put_steps(struct sb_buf *buf, const struct audit *audit) {
    const struct sb_build *build = audit->sources.builds.list.items[0];
    bool plain = audit->facts.images.items[0].plain_modes;
    for (size_t i = 0; i < build->steps.count; i++) {
        const struct sb_build_step *step = &build->steps.items[i];
        const struct sb_fact_step *fact = &audit->facts.images.items[0].steps.items[i];
        sb_buf_appendf(buf, "\n# step %zu\n", i + 1);
        sb_buf_append_string(buf, "file=$source/");
        quoted(buf, step->file);
        for (size_t k = 0; k < audit->options->assemble.count; k++) {
            const char *argument = audit->options->assemble.items[k];
            const char *equals = strchr(argument, '=');
            if (!equals ||
                !sb_span_equal(step->file, sb_span_of(argument, (size_t)(equals - argument))))
                continue;
            sb_buf_append_string(buf, "\nnasm -f bin -o assembled \"${ASSEMBLER_SOURCE:-");
            sb_buf_append_string(buf, equals + 1);
            sb_buf_append_string(buf, "}\"\nfile=assembled");
        }
        sb_buf_appendf(buf, "\n{ entry ");
        quoted(buf, step->target);
        sb_buf_appendf(buf, " 0%o %" PRId64 " \"$owner\" \"$file\"; zeros 1024; } >layer%zu\n",
                       fact->entries[0].mode | 0100000, fact->entries[0].mtime, i);
        sb_buf_appendf(buf, "diff%zu=$(sha layer%zu)\n", i, i);
        sb_buf_appendf(buf, "add%zu=$({ printf '%%s' ", i);
        struct sb_buf name = SB_BUF_INIT;
        sb_buf_append_string(&name, "name");
        sb_buf_append_span(&name, step->file);
        quoted(buf, sb_buf_span(&name));
        sb_buf_appendf(buf,
                       "; printf 'mode%%duid%%dgid%%dsize%%d' %u %u %u \"$(size \"$file\")\"\n",
                       fact->entries[0].mode | (plain ? 0U : 0100000U), fact->uid, fact->gid);
        sb_buf_append_string(buf, "    printf typeflag0linknameunamegnamedevmajor0devminor0; cat "
                                  "\"$file\"; } | sha256sum | cut -d ' ' -f 1)\n");
        sb_buf_release(&name);
    }
}

/* The text of one rebuilt file with the digests in it replaced by the script's variables. */
static void put_text(struct sb_buf *buf, struct sb_span text, const char *const *names,
                     struct sb_span *values, size_t count) {
    sb_buf_append_string(buf, "printf '%s'");
    struct sb_buf word = SB_BUF_INIT;
    bool any = false;
    sb_buf_append_byte(buf, ' ');
    for (size_t at = 0; at < text.size;) {
        size_t which = count;
        for (size_t i = 0; i < count && which == count; i++)
            if (values[i].size && text.size - at >= values[i].size &&
                memcmp(text.data + at, values[i].data, values[i].size) == 0)
                which = i;
        if (which == count) {
            sb_buf_append_byte(&word, text.data[at++]);
            continue;
        }
        if (word.size)
            quoted(buf, sb_buf_span(&word));
        word.size = 0;
        sb_buf_appendf(buf, "\"$%s\"", names[which]);
        at += values[which].size;
        any = true;
    }
    if (word.size || !any)
        quoted(buf, sb_buf_span(&word));
    sb_buf_release(&word);
}

/* The content of the rebuilt archive's entry whose name ends in suffix. */
static struct sb_span content_of(const struct audit *audit, const char *suffix, char *name,
                                 size_t size) {
    const struct sb_marked *rebuilt = &audit->rebuilt;
    struct sb_input *input = sb_input_memory(sb_buf_span(&rebuilt->bytes));
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    struct sb_span found = {0};
    sb_tar_reader_init(&reader, input, NULL, "script");
    while (sb_tar_reader_next(&reader, &entry, NULL) == 0)
        if (sb_span_ends(entry.name, suffix) && !found.data &&
            (strcmp(suffix, ".json") != 0 || !sb_span_is(entry.name, "manifest.json"))) {
            found = sb_span_of(rebuilt->bytes.data + entry.data_offset, (size_t)entry.stored);
            snprintf(name, size, "%.*s", SB_SPAN(entry.name));
        }
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    return found;
}

static void put_archive(struct sb_buf *buf, const struct audit *audit) {
    char config_name[160] = "", id_name[160] = "", other[160];
    struct sb_span config = content_of(audit, ".json", config_name, sizeof config_name);
    struct sb_span json = content_of(audit, "/json", id_name, sizeof id_name);
    struct sb_span manifest = content_of(audit, "manifest.json", other, sizeof other);
    struct sb_span repositories = content_of(audit, "repositories", other, sizeof other);
    char diff[65];
    const struct sb_build_step *step = audit->sources.builds.list.items[0]->steps.items;
    sb_digest_format_hex(&audit->subject.core.image->diff_ids.items[0], diff);
    const char *const names[] = {"diff0", "add0", "id", "config"};
    struct sb_span values[] = {sb_span_string(diff), sb_span_from(step->hash, 5),
                               sb_span_of(id_name, 64), sb_span_of(config_name, 64)};
    sb_buf_append_string(buf, "\n# the configuration, and the legacy id: of the same members as a "
                              "sorted map, with the chain id\n");
    put_text(buf, config, names, values, 2);
    sb_buf_append_string(buf, " >config\nconfig=$(sha config)\n");
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *map;
    struct sb_marked sorted = SB_MARKED_INIT;
    if (sb_json_parse(json, &arena, NULL, "", &map, NULL) == 0) {
        struct sb_json *members = sb_json_new(&arena, SB_JSON_OBJECT);
        for (struct sb_json *member = map->first; member; member = member->next)
            if (!sb_span_is(member->name, "id"))
                sb_json_append(members, sb_json_clone(&arena, member));
        sb_json_add_string(&arena, members, "layer_id",
                           sb_span_string(sb_arena_printf(&arena, "sha256:%s", diff)));
        sb_marked_json_sorted(&sorted, &arena, members);
    }
    sb_buf_append_string(buf, "id=$(");
    put_text(buf, sb_buf_span(&sorted.bytes), names, values, 2);
    sb_buf_append_string(buf, " | sha256sum | cut -d ' ' -f 1)\n");
    sb_marked_release(&sorted);
    sb_arena_release(&arena);
    put_text(buf, json, names, values, 4);
    sb_buf_append_string(buf, " >json\nprintf 1.0 >version\n");
    put_text(buf, manifest, names, values, 4);
    sb_buf_append_string(buf, " >manifest\n");
    if (repositories.data) {
        put_text(buf, repositories, names, values, 4);
        sb_buf_append_string(buf, " >repositories\n");
    }
}

static void put_tar(struct sb_buf *buf, const struct audit *audit) {
    int64_t created = 0;
    char config_name[160] = "", id_name[160] = "";
    (void)content_of(audit, ".json", config_name, sizeof config_name);
    (void)content_of(audit, "/json", id_name, sizeof id_name);
    bool config_first = strcmp(config_name, id_name) < 0;
    if (sb_gotar_time(audit->facts.images.items[0].steps.items[0].created, &created, NULL) < 0)
        return;
    const char *config = "    entry \"$config.json\" 0100644 $created \"$owner\" config\n";
    sb_buf_appendf(buf,
                   "\n# the archive: entries as a walk of a folder finds them\ncreated=%" PRId64
                   "\n{\n%s    header \"$id/\" 040755 0 $created 5 \"$owner\"\n"
                   "    entry \"$id/VERSION\" 0100644 $created \"$owner\" version\n"
                   "    entry \"$id/json\" 0100644 $created \"$owner\" json\n"
                   "    entry \"$id/layer.tar\" 0100644 $created \"$owner\" layer0\n%s"
                   "    entry manifest.json 0100644 0 \"$owner\" manifest\n",
                   created, config_first ? config : "", config_first ? "" : config);
    if (audit->facts.images.items[0].names.count)
        sb_buf_append_string(buf, "    entry repositories 0100644 0 \"$owner\" repositories\n");
    sb_buf_append_string(buf, "    zeros 1024\n} >archive\n");
}

static void put_gzip(struct sb_buf *buf, const struct audit *audit) {
    for (size_t i = 0; i < audit->facts.encodings.count; i++) {
        const struct sb_fact_encoding *gzip = &audit->facts.encodings.items[i];
        if (gzip->codec != SB_CODEC_GZIP)
            continue;
        sb_buf_appendf(buf, "\n# gzip, with the header's facts\n{ printf '\\037\\213\\010\\%03o",
                       gzip->name.data ? 8 : 0);
        for (int k = 0; k < 4; k++)
            sb_buf_appendf(buf, "\\%03o", gzip->mtime >> 8 * k & 255);
        sb_buf_appendf(buf, "\\%03o\\%03o'", gzip->extra_flags, gzip->os);
        if (gzip->name.data) {
            sb_buf_append_string(buf, "; printf '%s\\0' ");
            quoted(buf, gzip->name);
        }
        sb_buf_appendf(buf,
                       "; gzip -%un <archive | dd bs=1 skip=10 2>/dev/null; } >gzip\nmv gzip "
                       "archive\n",
                       gzip->encoder.level);
    }
}

/* The script knows the founding kind: one file, added by the classic builder, in the legacy form.
 */
static bool is_simple(const struct audit *audit) {
    if (!audit->judged || !audit->has_profile || !audit->encoder_known)
        return false;
    const struct sb_build *build = audit->sources.builds.list.items[0];
    return audit->facts.profile->saver == &sb_saver_docker_legacy && build->steps.count == 1 &&
           build->steps.items[0].file.data && build->steps.items[0].hash.size > 5;
}

void report_audit_script(struct sb_buf *buf, const struct audit *audit) {
    if (!is_simple(audit))
        return;
    sb_buf_append_string(
        buf,
        "#!/bin/sh\n"
        "# Repeats, with nasm, gzip, sha256sum, printf and dd alone, the proof that a published "
        "blob "
        "is what its source and these facts make.\n"
        "# usage: sh SCRIPT [SOURCE-FOLDER [BLOB]]   BLOB is base64 text or the bytes; without it "
        "the "
        "digest is compared\n"
        "set -eu\nLC_ALL=C export LC_ALL\n"
        "source=$(cd \"${1:-.}\" && pwd)\nblob=${2-}\n"
        "[ -z \"$blob\" ] || blob=$(cd \"$(dirname \"$blob\")\" && pwd)/$(basename \"$blob\")\n");
    bool assembles = audit->options->assemble.count > 0;
    if (assembles)
        sb_buf_append_string(buf, "cd \"$source\"\nASSEMBLER_SOURCE=$(cd \"$(dirname \"");
    if (assembles) {
        const char *source = strchr(audit->options->assemble.items[0], '=') + 1;
        sb_buf_appendf(buf,
                       "${ASSEMBLER_SOURCE:-%s}\")\" && pwd)/$(basename "
                       "\"${ASSEMBLER_SOURCE:-%s}\")\n",
                       source, source);
    }
    sb_buf_append_string(buf, "work=$(mktemp -d)\ntrap 'rm -rf \"$work\"' EXIT\ncd \"$work\"\n\n");
    sb_buf_append_string(buf, functions);
    sb_buf_append_string(buf, "\nowner=");
    quoted(buf, audit->facts.profile->owner_names && audit->facts.owners.count
                    ? audit->facts.owners.items[0].name
                    : sb_span_string(""));
    sb_buf_append_byte(buf, '\n');
    put_steps(buf, audit);
    put_archive(buf, audit);
    put_tar(buf, audit);
    put_gzip(buf, audit);
    struct sb_digest digest = sb_sha256_of(sb_buf_span(&audit->blob));
    char hex[65];
    sb_digest_format_hex(&digest, hex);
    sb_buf_appendf(buf,
                   "\nif [ -n \"$blob\" ]; then\n"
                   "    base64 -d \"$blob\" >published 2>/dev/null || cp \"$blob\" published\n"
                   "    cmp archive published\nelse\n"
                   "    [ \"$(sha archive)\" = %s ] || { echo different; exit 1; }\nfi\n"
                   "echo identical\n",
                   hex);
}
