/*
 * The work units of `make bench`, done by the system's libotr: both sides of a
 * conversation in this process, on one thread, every result checked.
 *
 *   bench_libotr version             prints libotr's version
 *   bench_libotr OPERATION SECONDS   prints how many units were done and the
 *                                    process CPU seconds they took; for
 *                                    mem_conv: conversations and bytes
 *
 * Build: cc -O2 bench_libotr.c peer.c -lotr -lgcrypt
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gcrypt.h>
#include <libotr/privkey.h>

#include "peer.h"

#define BATCH 1000
#define CONVERSATIONS 1000
#define BEFORE 100 /* conversations that exist when the growth begins to count */

static double cpu_seconds(void)
{
	struct rusage u;
	check(getrusage(RUSAGE_SELF, &u) == 0, "getrusage");
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static long resident_bytes(void)
{
	long size, resident;
	FILE *f = fopen("/proc/self/statm", "r");
	check(f && fscanf(f, "%ld %ld", &size, &resident) == 2, "statm");
	fclose(f);
	return resident * sysconf(_SC_PAGESIZE);
}

static OtrlUserState alice, bob;
static struct side a, b;

static void fresh_pair(void)
{
	alice = user("alice");
	bob = user("bob");
	pair(&a, &b, alice, bob, 0);
}

static void encrypted_pair(void)
{
	fresh_pair();
	handshake(&a, &b, 3);
}

static void ake(int version)
{
	pair(&a, &b, alice, bob, 0);
	handshake(&a, &b, version);
	forget(alice);
	forget(bob);
}

static void ake_v2(void)
{
	ake(2);
}

static void ake_v3(void)
{
	ake(3);
}

static void smp(void)
{
	static const unsigned char secret[] = "a secret that both know";
	a.asked = a.succeeded = a.failed = b.asked = b.succeeded = b.failed = 0;
	otrl_message_initiate_smp(a.us, &ops, &a, a.context, secret, sizeof secret - 1);
	deliver_all(&a, &b);
	check(b.asked == 1, "b was asked");
	otrl_message_respond_smp(b.us, &ops, &b, b.context, secret, sizeof secret - 1);
	deliver_all(&a, &b);
	check(a.succeeded == 1 && b.succeeded == 1 && a.failed == 0 && b.failed == 0, "both succeeded");
}

/* words fills text with length letters that differ from call to call. */
static void words(char *text, size_t length)
{
	static unsigned counter;
	memset(text, 'a' + counter++ % 26, length);
	text[length] = 0;
}

static void pingpong_100(void)
{
	char text[101];
	words(text, 100);
	send_text(&a, text, OTRL_FRAGMENT_SEND_SKIP);
	words(text, 100);
	send_text(&b, text, OTRL_FRAGMENT_SEND_SKIP);
}

static void oneway_100(void)
{
	char text[101];
	words(text, 100);
	send_text(&a, text, OTRL_FRAGMENT_SEND_SKIP);
}

static void oneway_10k(void)
{
	static char text[10001];
	words(text, 10000);
	send_text(&a, text, OTRL_FRAGMENT_SEND_SKIP);
}

static void frag_100k(void)
{
	static char text[100001];
	message_size = 1000;
	words(text, 100000);
	send_text(&a, text, OTRL_FRAGMENT_SEND_ALL);
}

static gcry_sexp_t public_key(const OtrlPrivKey *key, size_t *pbits)
{
	const unsigned char *at = key->pubkey_data;
	size_t left = key->pubkey_datalen;
	gcry_mpi_t numbers[4];
	gcry_sexp_t out;
	for (int i = 0; i < 4; i++) {
		size_t length;
		check(left >= 4, "public key");
		length = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
		check(left - 4 >= length, "public key");
		check(gcry_mpi_scan(&numbers[i], GCRYMPI_FMT_USG, at + 4, length, NULL) == 0, "number");
		at += 4 + length;
		left -= 4 + length;
	}
	*pbits = gcry_mpi_get_nbits(numbers[0]);
	check(gcry_sexp_build(&out, NULL, "(public-key (dsa (p %m)(q %m)(g %m)(y %m)))", numbers[0], numbers[1],
			      numbers[2], numbers[3]) == 0, "public key");
	for (int i = 0; i < 4; i++)
		gcry_mpi_release(numbers[i]);
	return out;
}

static OtrlUserState fresh;

static void dsa_keygen(void)
{
	FILE *f = tmpfile();
	fresh = otrl_userstate_create();
	check(f && otrl_privkey_generate_FILEp(fresh, f, "alice", PROTOCOL) == 0, "private key");
	fclose(f);
}

static void after_keygen(void)
{
	static const unsigned char digest[20] = {1, 2, 3};
	OtrlPrivKey *key = otrl_privkey_find(fresh, "alice", PROTOCOL);
	gcry_sexp_t public;
	unsigned char *signature;
	size_t length, bits;
	check(key != NULL, "private key");
	public = public_key(key, &bits);
	check(bits == 1024, "1024 bits");
	check(otrl_privkey_sign(&signature, &length, key, digest, sizeof digest) == 0, "sign");
	check(otrl_privkey_verify(signature, length, key->pubkey_type, public, digest, sizeof digest) == 0, "verify");
	free(signature);
	gcry_sexp_release(public);
	otrl_userstate_free(fresh);
}

static void memory(void)
{
	static struct side as[BEFORE + CONVERSATIONS], bs[BEFORE + CONVERSATIONS];
	char text[101];
	long before = 0;
	fresh_pair();
	for (int i = 0; i < BEFORE + CONVERSATIONS; i++)
		pair(&as[i], &bs[i], alice, bob, i);
	for (int i = 0; i < BEFORE + CONVERSATIONS; i++) {
		if (i == BEFORE)
			before = resident_bytes();
		handshake(&as[i], &bs[i], 3);
		words(text, 100);
		send_text(&as[i], text, OTRL_FRAGMENT_SEND_SKIP);
		send_text(&bs[i], text, OTRL_FRAGMENT_SEND_SKIP);
	}
	printf("%d %ld\n", CONVERSATIONS, resident_bytes() - before);
}

static const struct operation {
	const char *name;
	void (*prepare)(void), (*unit)(void), (*after)(void); /* only unit is timed */
	int batch;                                            /* units between two looks at the clock */
} operations[] = {
	{"dsa_keygen", NULL, dsa_keygen, after_keygen, 1},
	{"ake_v2", fresh_pair, ake_v2, NULL, 1},
	{"ake_v3", fresh_pair, ake_v3, NULL, 1},
	{"smp", encrypted_pair, smp, NULL, 1},
	{"pingpong_100", encrypted_pair, pingpong_100, NULL, 1},
	{"oneway_100", encrypted_pair, oneway_100, NULL, BATCH},
	{"oneway_10k", encrypted_pair, oneway_10k, NULL, BATCH},
	{"frag_100k", encrypted_pair, frag_100k, NULL, 10},
};

static double timed(const struct operation *o)
{
	double start = cpu_seconds(), used;
	for (int i = 0; i < o->batch; i++)
		o->unit();
	used = cpu_seconds() - start;
	if (o->after)
		o->after();
	return used;
}

static void run(const struct operation *o, double seconds)
{
	double used = 0;
	long count = 0;
	if (o->prepare)
		o->prepare();
	timed(o); /* builds what a process keeps */
	while (used < seconds) {
		used += timed(o);
		count += o->batch;
	}
	printf("%ld %.6f\n", count, used);
}

int main(int argc, char **argv)
{
	/* Benchmarks need no key that lasts; see libgcrypt's manual. */
	gcry_control(GCRYCTL_ENABLE_QUICK_RANDOM, 0);
	OTRL_INIT;
	if (argc == 2 && strcmp(argv[1], "version") == 0) {
		puts(otrl_version());
		return 0;
	}
	if (argc != 3)
		die("usage: bench_libotr version | OPERATION SECONDS");
	if (strcmp(argv[1], "mem_conv") == 0) {
		memory();
		return 0;
	}
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		if (strcmp(argv[1], operations[i].name) == 0) {
			run(&operations[i], atof(argv[2]));
			return 0;
		}
	die("unknown operation %s", argv[1]);
}
