/* Archives with nothing left out: POSIX headers, an end, a whole configuration. Names, orders and
 * numbers that have no meaning are what can be chosen. */
#include "search.h"

#include <string.h>

#include "smallest/sketch.h"

enum gene {
    ORDER,
    KEYS,
    MEMBERS, /* of the configuration */
    ROOTFS,
    CONFIG_NAME,
    LAYER_NAME,
    REPOSITORY,
    TAG,
    FILE_NAME,
    MODE,
    PROGRAM_MODE,
    TIME,
    PROGRAM_TIME,
    SPACES,
    DEVICES,
    BASE,
    ALIGN,
    FLAGS,
    PHYSICAL,
    SECTIONS,
    ABI,
    PAGE,   /* of the overlapped program: upper half of its addresses, and its flags */
    MEMORY, /* its p_memsz */
    END,    /* zero blocks */
    LAYER_END,
    OLD_TYPE,
    FREE /* bytes that mean nothing there */
};

static const char repository_choices[] = "0123456789abcdefghijklmnopqrstuvwxyz";
static const char tag_choices[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char file_choices[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:,[]{}+-_=@!#$&()*;<>?^`|~";
static const uint64_t times[] = {0, 1, 7, 01111111111, 02222222222, 0x7fffffff};
static const uint64_t aligns[] = {0x1000, 0x10000, 1, 0, 0x100, 0x10, 64, 2};
static const unsigned char free_places[] = {8,  9,  10, 11, 12, 13, 14, 15, 20, 21, 22,
                                            23, 48, 49, 50, 51, 52, 53, 65, 72, 73, 74};

/* The texts of one candidate. */
struct texts {
    char names[3][4], manifest[128], config[256], command[8], image[8];
    unsigned char free[sizeof free_places], page, memory;
};

/* The number's permutation of so many letters. */
static void permute(const char *letters, int count, int number, char *result) {
    char rest[8];
    int all = 1;
    strcpy(rest, letters);
    for (int i = 2; i <= count; i++)
        all *= i;
    for (int i = 0; i < count; i++) {
        all /= count - i;
        int pick = number / all % (count - i);
        result[i] = rest[pick];
        memmove(rest + pick, rest + pick + 1, strlen(rest + pick));
    }
    result[count] = 0;
}

static void write_texts(const int *genes, struct texts *texts) {
    char order[8], *end;
    snprintf(texts->names[0], 4, "%c", file_choices[genes[CONFIG_NAME]]);
    snprintf(texts->names[1], 4, "%c", file_choices[genes[LAYER_NAME]]);
    snprintf(texts->names[2], 4, "%c", file_choices[genes[FILE_NAME]]);
    snprintf(texts->command, 8, "/%s", texts->names[2]);
    snprintf(texts->image, 8, "%c:%c", repository_choices[genes[REPOSITORY]],
             tag_choices[genes[TAG]]);
    permute("CRL", 3, genes[KEYS], order);
    end = stpcpy(texts->manifest, "[{");
    for (int i = 0; i < 3; i++) {
        end += sprintf(end, "%s", i ? "," : "");
        end += order[i] == 'C'   ? sprintf(end, "\"Config\":\"%s\"", texts->names[0])
               : order[i] == 'R' ? sprintf(end, "\"RepoTags\":[\"%s\"]", texts->image)
                                 : sprintf(end, "\"Layers\":[\"%s\"]", texts->names[1]);
    }
    strcpy(end, "}]");
    permute("acor", 4, genes[MEMBERS], order);
    end = stpcpy(texts->config, "{");
    for (int i = 0; i < 4; i++) {
        end += sprintf(end, "%s", i ? "," : "");
        end += order[i] == 'a'   ? sprintf(end, "\"architecture\":\"amd64\"")
               : order[i] == 'c' ? sprintf(end, "\"config\":{\"Cmd\":[\"%s\"]}", texts->command)
               : order[i] == 'o'
                   ? sprintf(end, "\"os\":\"linux\"")
                   : sprintf(end, genes[ROOTFS] ? "\"rootfs\":{\"diff_ids\":"
                                                  "[\"sha256:%%\"],\"type\":\"layers\"}"
                                                : "\"rootfs\":{\"type\":\"layers\","
                                                  "\"diff_ids\":[\"sha256:%%\"]}");
    }
    strcpy(end, "}");
}

static size_t program_at(const char *order, const char *config);

/* The class of the genes; it borrows from texts. */
static struct sb_smallest_class class_of(const int *genes, struct texts *texts) {
    struct sb_smallest_class class = {.name = plan.name,
                                      .wrapping = plan.wrapping,
                                      .program = plan.program,
                                      .image = texts->image,
                                      .command = texts->command};
    char order[8];
    write_texts(genes, texts);
    permute("MCL", 3, genes[ORDER], order);
    for (int i = 0; i < 3; i++)
        class.entries[i] = (struct sb_smallest_entry){
            .name = order[i] == 'M' ? "manifest.json" : texts->names[order[i] == 'L'],
            .text = order[i] == 'M'   ? texts->manifest
                    : order[i] == 'C' ? texts->config
                                      : NULL};
    class.file.name = texts->names[2];
    class.strict = (struct sb_smallest_strict){
        .posix = true,
        .devices = genes[DEVICES],
        .spaces = (unsigned char)genes[SPACES],
        .old_type = genes[OLD_TYPE],
        .end = (unsigned char)(2 + genes[END]),
        .layer_end = (unsigned char)(2 + genes[LAYER_END]),
        .mode = (unsigned short)genes[MODE],
        .program_mode = (unsigned short)genes[PROGRAM_MODE],
        .mtime = times[genes[TIME]],
        .program_mtime = times[genes[PROGRAM_TIME]],
        .base = (uint64_t)genes[BASE] << 16,
        .align = aligns[genes[ALIGN]],
        .flags = (unsigned char)(genes[FLAGS] == 2 ? 1
                                 : genes[FLAGS]    ? 7
                                                   : 5),
        .physical = genes[PHYSICAL],
        .sections = genes[SECTIONS],
        .abi = genes[ABI] ? 3 : 0,
    };
    size_t program = program_at(order, texts->config);
    int fills = 0;
    texts->page = (unsigned char)genes[PAGE];
    texts->memory = (unsigned char)genes[MEMORY];
    for (int i = 0; plan.program == SB_PROGRAM_OVERLAPPED && i < 2; i++)
        if (texts->page != 1)
            class.fills[fills++] = (struct sb_smallest_fill){
                (unsigned short)(program + (i ? 44 : 28)), 1, 1, (const char *)&texts->page};
    if (plan.program == SB_PROGRAM_OVERLAPPED && texts->memory != 1)
        class.fills[fills++] = (struct sb_smallest_fill){(unsigned short)(program + 64), 1, 1,
                                                         (const char *)&texts->memory};
    for (size_t i = 0; i < sizeof free_places && plan.program == SB_PROGRAM_OVERLAPPED; i++) {
        texts->free[i] = (unsigned char)genes[FREE + i];
        if (texts->free[i])
            class.fills[fills++] = (struct sb_smallest_fill){
                (unsigned short)(program + free_places[i]), 1, 1, (const char *)&texts->free[i]};
    }
    return class;
}

/* Where the program stands: behind two headers, and what comes before the layer. */
static size_t program_at(const char *order, const char *config) {
    size_t at = 1024;
    for (; *order != 'L'; order++)
        at += 512 + (*order == 'C' && strlen(config) + 63 > 512 ? 1024 : 512);
    return at;
}

static void finish(struct state *state) {
    struct texts texts;
    struct sb_marked tar = SB_MARKED_INIT;
    struct sb_smallest_class class = class_of(state->genes, &texts);
    sb_sketch_write(&class, SB_PROGRAM_WAITS, &tar);
    state->size = tar.bytes.size;
    memcpy(state->bytes, tar.bytes.data, state->size);
    sb_marked_release(&tar);
}

static void begin(struct state *state) {
    memset(state, 0, sizeof *state);
    state->genes[LAYER_NAME] = 1;
    state->genes[MODE] = 0644;
    state->genes[PROGRAM_MODE] = 0755;
    state->genes[BASE] = state->genes[PAGE] = state->genes[MEMORY] = 1;
    finish(state);
}

static int choose(const int *choices, int count) {
    return choices[random_below(count)];
}

static void change_gene(int *genes) {
    static const int modes[] = {0, 1, 011, 0111, 0444, 0555, 0644, 0666, 0755, 0777};
    static const int program_modes[] = {1, 011, 0100, 0110, 0111, 0555, 0755, 0777};
    static const int bytes[] = {1, 2, 0x18, 0x38, 0x3e, 0x22, 5, 15, 0x7f, '0', '1', '7', 'E'};
    static const int limits[FREE] = {[ORDER] = 6,
                                     [KEYS] = 6,
                                     [MEMBERS] = 24,
                                     [ROOTFS] = 2,
                                     [CONFIG_NAME] = sizeof file_choices - 1,
                                     [LAYER_NAME] = sizeof file_choices - 1,
                                     [REPOSITORY] = sizeof repository_choices - 1,
                                     [TAG] = sizeof tag_choices - 1,
                                     [FILE_NAME] = sizeof file_choices - 1,
                                     [MODE] = 4096,
                                     [PROGRAM_MODE] = 4096,
                                     [TIME] = 6,
                                     [PROGRAM_TIME] = 6,
                                     [SPACES] = 32,
                                     [DEVICES] = 2,
                                     [BASE] = 0x7fff,
                                     [ALIGN] = 8,
                                     [FLAGS] = 3,
                                     [PHYSICAL] = 2,
                                     [SECTIONS] = 2,
                                     [ABI] = 2,
                                     [PAGE] = 128,
                                     [MEMORY] = 128,
                                     [END] = 3,
                                     [LAYER_END] = 3,
                                     [OLD_TYPE] = 2};
    int gene = random_below(FREE + (plan.program == SB_PROGRAM_OVERLAPPED));
    if (gene == FREE) {
        int at = random_below(sizeof free_places), size = 1 + random_below(6);
        int byte = one_in(2) ? 0 : choose(bytes, sizeof bytes / sizeof *bytes);
        while (size-- && at < (int)sizeof free_places)
            genes[FREE + at++] = byte;
        return;
    }
    genes[gene] = random_below(limits[gene]);
    if (gene == PAGE) /* PF_X is among the flags */
        genes[PAGE] = one_in(2) ? 1 : genes[PAGE] | 1;
    if (gene == MEMORY && !genes[MEMORY])
        genes[MEMORY] = 1;
    if (gene == TAG && one_in(2))
        genes[TAG] = genes[REPOSITORY];
    if (gene == TIME && one_in(2))
        genes[PROGRAM_TIME] = genes[TIME];
    if (gene == MODE && !one_in(3))
        genes[MODE] = choose(modes, sizeof modes / sizeof *modes);
    if (gene == PROGRAM_MODE && !one_in(3))
        genes[PROGRAM_MODE] =
            one_in(2) ? genes[MODE]
                      : choose(program_modes, sizeof program_modes / sizeof *program_modes);
    if (gene == BASE)
        genes[BASE] = one_in(3)   ? 1 + random_below(15)
                      : one_in(2) ? 1 << random_below(15)
                                  : 1 + random_below(0x7fff);
}

static bool change(struct state *state) {
    do
        change_gene(state->genes);
    while (one_in(3));
    return state->genes[PROGRAM_MODE] & 0111 &&
           state->genes[CONFIG_NAME] != state->genes[LAYER_NAME];
}

static void print_text(FILE *file, const char *text) {
    print_literal(file, (const unsigned char *)text, strlen(text));
}

static void print(const struct state *state, FILE *file) {
    struct texts texts;
    struct sb_smallest_class class = class_of(state->genes, &texts);
    print_beginning(file, "Docker 20.10 and later, Podman but for 4.3", class.image, class.command);
    fprintf(file, ".entries = {\n");
    for (int i = 0; i < SB_SMALLEST_ENTRIES; i++) {
        fprintf(file, "{.name = ");
        print_text(file, class.entries[i].name);
        if (class.entries[i].text) {
            fprintf(file, ", .text = ");
            print_text(file, class.entries[i].text);
        }
        fprintf(file, "},\n");
    }
    fprintf(file, "},\n.file = {.name = ");
    print_text(file, class.file.name);
    fprintf(file,
            "},\n.strict = {.posix = true, .devices = %d, .spaces = %d, .old_type = %d,\n .end = "
            "%d, .layer_end = %d,\n .mode = 0%o, "
            ".program_mode = 0%o,\n .mtime = %llu, .program_mtime = %llu,",
            class.strict.devices, class.strict.spaces, class.strict.old_type, class.strict.end,
            class.strict.layer_end, class.strict.mode, class.strict.program_mode,
            (unsigned long long)class.strict.mtime, (unsigned long long)class.strict.program_mtime);
    if (plan.program == SB_PROGRAM_PLAIN)
        fprintf(file,
                " .base = 0x%llx, .align = %llu, .flags = %d, .physical = %d, .sections = %d,"
                " .abi = %d",
                (unsigned long long)class.strict.base, (unsigned long long)class.strict.align,
                class.strict.flags, class.strict.physical, class.strict.sections, class.strict.abi);
    fprintf(file, "},\n.fills = {");
    for (const struct sb_smallest_fill *fill = class.fills; fill->size; fill++) {
        fprintf(file, "{%d, 1, 1, ", fill->at);
        print_literal(file, (const unsigned char *)fill->bytes, 1);
        fprintf(file, "},");
    }
    fprintf(file, "},\n}\n");
}

struct model strict_model = {begin, change, finish, print};
