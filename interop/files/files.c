//go:build ignore

/* libotr's side of the tests of the three files. One command, its arguments, and fields on standard input and output:
 * a line of fields separated by spaces, each an x and hexadecimal digits; a missing text is a dash.
 *
 *   keys FILE                  read a private key file: name, protocol, fingerprint of each
 *   generate FILE              read it if it exists; for each line name, protocol make a key, which rewrites the file
 *   fingerprints FILE          read a fingerprint file: peer, account, protocol, fingerprint, trust of each
 *   write-fingerprints FILE    write one from such lines
 *   tags FILE                  read an instance tag file: account, protocol, tag of each
 *   write-tags FILE            for each line account, protocol make a tag, which rewrites the file
 *   print-atoms                for each line the form that libgcrypt prints for these bytes
 *   read-atoms                 for each line the bytes that libgcrypt reads from this form
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcrypt.h>
#include <libotr/context.h>
#include <libotr/instag.h>
#include <libotr/privkey.h>
#include <libotr/proto.h>
#include <libotr/userstate.h>

enum { MAX_LINE = 1 << 20, MAX_FIELDS = 5 };

static char line[MAX_LINE];

struct field { char *bytes; size_t length; int missing; };

static void die(const char *what) { fprintf(stderr, "%s\n", what); exit(1); }

static void check(gcry_error_t err, const char *what)
{
    if (err) { fprintf(stderr, "%s: %s\n", what, gcry_strerror(err)); exit(1); }
}

static void put(const void *bytes, size_t length, char end)
{
    const unsigned char *b = bytes;
    putchar('x');
    for (size_t i = 0; i < length; i++) printf("%02x", b[i]);
    putchar(end);
}

static void put_text(const char *text, char end)
{
    if (text) put(text, strlen(text), end);
    else { putchar('-'); putchar(end); }
}

/* Reads a line of exactly count fields. The bytes of a field end with a NUL of ours. */
static int get(struct field *fields, int count)
{
    if (!fgets(line, sizeof line, stdin)) return 0;
    char *save = NULL, *word = strtok_r(line, " \n", &save);
    for (int i = 0; i < count; i++, word = strtok_r(NULL, " \n", &save)) {
        if (!word) die("too few fields");
        fields[i].missing = *word == '-';
        fields[i].length = fields[i].missing ? 0 : (strlen(word) - 1) / 2;
        fields[i].bytes = calloc(1, fields[i].length + 1);
        for (size_t j = 0; j < fields[i].length; j++) {
            unsigned byte;
            if (sscanf(word + 1 + 2 * j, "%2x", &byte) != 1) die("not hexadecimal");
            fields[i].bytes[j] = (char) byte;
        }
    }
    return 1;
}

static void keys(OtrlUserState us, const char *file)
{
    check(otrl_privkey_read(us, file), "otrl_privkey_read");
    for (OtrlPrivKey *k = us->privkey_root; k; k = k->next) {
        unsigned char hash[20];
        put_text(k->accountname, ' ');
        put_text(k->protocol, ' ');
        if (!otrl_privkey_fingerprint_raw(us, hash, k->accountname, k->protocol)) die("no fingerprint");
        put(hash, sizeof hash, '\n');
    }
}

static void generate(OtrlUserState us, const char *file)
{
    struct field f[2];
    FILE *present = fopen(file, "r");
    if (present) {
        fclose(present);
        check(otrl_privkey_read(us, file), "otrl_privkey_read");
    }
    while (get(f, 2)) check(otrl_privkey_generate(us, file, f[0].bytes, f[1].bytes), "otrl_privkey_generate");
}

static void fingerprints(OtrlUserState us, const char *file)
{
    check(otrl_privkey_read_fingerprints(us, file, NULL, NULL), "otrl_privkey_read_fingerprints");
    for (ConnContext *c = us->context_root; c; c = c->next)
        for (Fingerprint *f = c->fingerprint_root.next; f; f = f->next) {
            put_text(c->username, ' ');
            put_text(c->accountname, ' ');
            put_text(c->protocol, ' ');
            put(f->fingerprint, 20, ' ');
            put_text(f->trust, '\n');
        }
}

static void write_fingerprints(OtrlUserState us, const char *file)
{
    struct field f[5];
    while (get(f, 5)) {
        ConnContext *c = otrl_context_find(us, f[0].bytes, f[1].bytes, f[2].bytes, OTRL_INSTAG_MASTER, 1, NULL, NULL, NULL);
        if (f[3].length != 20) die("a fingerprint has 20 bytes");
        otrl_context_set_trust(otrl_context_find_fingerprint(c, (unsigned char *) f[3].bytes, 1, NULL),
            f[4].missing ? NULL : f[4].bytes);
    }
    check(otrl_privkey_write_fingerprints(us, file), "otrl_privkey_write_fingerprints");
}

static void tags(OtrlUserState us, const char *file)
{
    check(otrl_instag_read(us, file), "otrl_instag_read");
    for (OtrlInsTag *t = us->instag_root; t; t = t->next) {
        unsigned char tag[4] = { t->instag >> 24, t->instag >> 16, t->instag >> 8, t->instag };
        put_text(t->accountname, ' ');
        put_text(t->protocol, ' ');
        put(tag, sizeof tag, '\n');
    }
}

static void write_tags(OtrlUserState us, const char *file)
{
    struct field f[2];
    while (get(f, 2)) check(otrl_instag_generate(us, file, f[0].bytes, f[1].bytes), "otrl_instag_generate");
}

static void print_atoms(void)
{
    struct field f[1];
    while (get(f, 1)) {
        gcry_sexp_t s;
        check(gcry_sexp_build(&s, NULL, "(n %b)", (int) f[0].length, f[0].bytes), "gcry_sexp_build");
        size_t size = gcry_sexp_sprint(s, GCRYSEXP_FMT_ADVANCED, NULL, 0);
        char *text = malloc(size);
        gcry_sexp_sprint(s, GCRYSEXP_FMT_ADVANCED, text, size);
        put(text + 3, strlen(text) - 5, '\n'); /* between "(n " and ")\n" */
        free(text);
        gcry_sexp_release(s);
    }
}

static void read_atoms(void)
{
    struct field f[1];
    while (get(f, 1)) {
        char *text = malloc(f[0].length + 5);
        size_t length = 0;
        gcry_sexp_t s;
        sprintf(text, "(n %s)", f[0].bytes);
        if (gcry_sexp_new(&s, text, strlen(text), 0)) puts("-");
        else {
            const char *data = gcry_sexp_nth_data(s, 1, &length);
            if (data) put(data, length, '\n');
            else puts("-");
            gcry_sexp_release(s);
        }
        free(text);
    }
}

int main(int argc, char **argv)
{
    gcry_control(GCRYCTL_ENABLE_QUICK_RANDOM, 0);
    OTRL_INIT;
    const char *command = argc > 1 ? argv[1] : "", *file = argc > 2 ? argv[2] : "";
    OtrlUserState us = otrl_userstate_create();
    if (!strcmp(command, "keys")) keys(us, file);
    else if (!strcmp(command, "generate")) generate(us, file);
    else if (!strcmp(command, "fingerprints")) fingerprints(us, file);
    else if (!strcmp(command, "write-fingerprints")) write_fingerprints(us, file);
    else if (!strcmp(command, "tags")) tags(us, file);
    else if (!strcmp(command, "write-tags")) write_tags(us, file);
    else if (!strcmp(command, "print-atoms")) print_atoms();
    else if (!strcmp(command, "read-atoms")) read_atoms();
    else die("no such command");
    return 0;
}
