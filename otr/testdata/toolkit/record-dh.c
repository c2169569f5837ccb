/* Record the version 3 keys that libotr derives from a Diffie-Hellman pair:
 *
 *   cc record-dh.c -o record-dh -lotr -lgcrypt && ./record-dh > dh.json
 *
 * Needs Debian's libotr5-dev. The private keys are fixed; the peer's public
 * keys are powers of two, made from other fixed exponents. */
#include <stdio.h>
#include <stdlib.h>
#include <gcrypt.h>
#include <libotr/proto.h>
#include <libotr/dh.h>

static void hex(const char *name, const unsigned char *b, size_t n, const char *end)
{
    printf("\"%s\": \"", name);
    while (n--) printf("%02x", *b++);
    printf("\"%s", end);
}

static void number(const char *name, gcry_mpi_t v)
{
    unsigned char *b;
    size_t n;
    gcry_mpi_aprint(GCRYMPI_FMT_USG, &b, &n, v);
    hex(name, b, n, ", ");
    gcry_free(b);
}

/* A key pair of the 1536-bit group whose exponent follows from seed. */
static void pair(DH_keypair *kp, unsigned char seed)
{
    static const char *p = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
	"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
	"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
	"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
	"9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF";
    unsigned char x[40];
    gcry_mpi_t modulus;
    int i;
    for (i = 0; i < 40; i++) x[i] = (unsigned char)(seed * (2 * i + 1));
    gcry_mpi_scan(&modulus, GCRYMPI_FMT_HEX, p, 0, NULL);
    gcry_mpi_scan(&kp->priv, GCRYMPI_FMT_USG, x, sizeof x, NULL);
    kp->groupid = DH1536_GROUP_ID;
    kp->pub = gcry_mpi_new(1536);
    gcry_mpi_powm(kp->pub, gcry_mpi_set_ui(NULL, 2), kp->priv, modulus);
}

int main(void)
{
    int i;
    OTRL_INIT;
    printf("[\n");
    for (i = 1; i <= 8; i++) {
	DH_keypair ours, theirs;
	DH_sesskeys keys;
	unsigned char ssid[20];
	size_t ssidlen;
	gcry_cipher_hd_t c, cp;
	gcry_md_hd_t m1, m1p, m2, m2p;
	pair(&ours, (unsigned char)(i * 37));
	pair(&theirs, (unsigned char)(i * 91));
	if (otrl_dh_compute_v2_auth_keys(&ours, theirs.pub, ssid, &ssidlen, &c, &cp, &m1, &m1p, &m2, &m2p)
		|| ssidlen != 8 || otrl_dh_session(&keys, &ours, theirs.pub)) abort();
	printf(" {");
	number("our_private", ours.priv);
	number("their_public", theirs.pub);
	hex("ssid", ssid, 8, ", ");
	hex("extra_key", keys.extrakey, 32, i < 8 ? "},\n" : "}\n]\n");
    }
    return 0;
}
