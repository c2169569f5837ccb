/* SPDX-License-Identifier: Apache-2.0 */

/* Single functions of libotr, without a conversation. */

#include "peer.h"

#include <stdlib.h>
#include <string.h>

static gcry_mpi_t mpi_field(const struct line *line, const char *key)
{
	gcry_mpi_t value = NULL;
	size_t length;
	char *bytes = line_bytes(line, key, &length);

	if (bytes != NULL)
		gcry_mpi_scan(&value, GCRYMPI_FMT_USG, bytes, length, NULL);
	free(bytes);
	return value;
}

static void put_hmac(const char *key, gcry_md_hd_t mac, const char *text)
{
	gcry_md_reset(mac);
	gcry_md_write(mac, text, strlen(text));
	line_put_bytes(key, gcry_md_read(mac, GCRY_MD_SHA256), 32);
}

static void put_stream(const char *key, gcry_cipher_hd_t cipher)
{
	unsigned char zeros[32] = { 0 };
	gcry_cipher_encrypt(cipher, zeros, sizeof zeros, NULL, 0);
	line_put_bytes(key, zeros, sizeof zeros);
}

/* The keys of the AKE of version 2 and 3. Those that libotr keeps in handles
 * are shown by what they do: the HMAC of "otr", the first 32 bytes of stream. */
static void ake_keys(const DH_keypair *pair, gcry_mpi_t their)
{
	unsigned char ssid[20];
	size_t length = 0;
	gcry_cipher_hd_t c, cp;
	gcry_md_hd_t m1, m1p, m2, m2p;

	if (otrl_dh_compute_v2_auth_keys(pair, their, ssid, &length, &c, &cp, &m1, &m1p, &m2, &m2p))
		return;
	line_put_bytes("ssid", ssid, length);
	put_stream("c", c);
	put_stream("c_prime", cp);
	put_hmac("m1", m1, "otr");
	put_hmac("m1_prime", m1p, "otr");
	put_hmac("m2", m2, "otr");
	put_hmac("m2_prime", m2p, "otr");
	gcry_cipher_close(c);
	gcry_cipher_close(cp);
	gcry_md_close(m1);
	gcry_md_close(m1p);
	gcry_md_close(m2);
	gcry_md_close(m2p);
}

static void session_keys(const DH_keypair *pair, gcry_mpi_t their)
{
	DH_sesskeys keys;

	memset(&keys, 0, sizeof keys);
	if (otrl_dh_session(&keys, pair, their))
		return;
	line_put_bytes("send_mac", keys.sendmackey, sizeof keys.sendmackey);
	line_put_bytes("receive_mac", keys.rcvmackey, sizeof keys.rcvmackey);
	line_put_bytes("key", keys.extrakey, sizeof keys.extrakey);
	otrl_dh_session_free(&keys);
}

static void put_result(const char *key, gcry_mpi_t value)
{
	unsigned char *bytes;
	size_t length;

	if (gcry_mpi_aprint(GCRYMPI_FMT_USG, &bytes, &length, value))
		return;
	line_put_bytes(key, bytes, length);
	gcry_free(bytes);
}

static void dh_generate(void)
{
	DH_keypair pair;

	line_begin("reply");
	otrl_dh_keypair_init(&pair);
	if (otrl_dh_gen_keypair(DH1536_GROUP_ID, &pair) == 0) {
		put_result("x", pair.priv);
		put_result("y", pair.pub);
	}
	otrl_dh_keypair_free(&pair);
	line_end();
}

static void dh_session(const struct line *line)
{
	DH_keypair pair = { .groupid = DH1536_GROUP_ID, .priv = mpi_field(line, "x"), .pub = mpi_field(line, "y") };
	gcry_mpi_t their = mpi_field(line, "their_y");

	line_begin("reply");
	ake_keys(&pair, their);
	session_keys(&pair, their);
	line_end();
	otrl_dh_keypair_free(&pair);
	gcry_mpi_release(their);
}

static void classify(const struct line *line)
{
	char *text = line_text(line, "text", NULL);
	OtrlPolicy policy = (OtrlPolicy)line_number(line, "policy", OTRL_POLICY_DEFAULT);
	const char *start = NULL, *end = NULL;

	line_begin("reply");
	line_put_number("code", otrl_proto_message_type(text));
	line_put_number("version", otrl_proto_message_version(text));
	line_put_number("query", otrl_proto_query_bestversion(text, policy));
	line_put_number("tag", otrl_proto_whitespace_bestversion(text, &start, &end, policy));
	line_end();
	free(text);
}

static void smp_first(const struct line *line)
{
	OtrlSMState state;
	unsigned char *output = NULL;
	int length = 0;
	size_t secret_length;
	char *secret = line_bytes(line, "text", &secret_length);

	otrl_sm_state_new(&state);
	otrl_sm_step1(&state, (unsigned char *)secret, (int)secret_length, &output, &length);
	line_begin("reply");
	put_result("smp_x2", state.x2);
	put_result("smp_x3", state.x3);
	line_put_bytes("text", output, (size_t)length);
	line_end();
	otrl_sm_state_free(&state);
	free(output);
	free(secret);
}

int probe(const char *request, const struct line *line)
{
	if (strcmp(request, "dh_generate") == 0)
		dh_generate();
	else if (strcmp(request, "dh_session") == 0)
		dh_session(line);
	else if (strcmp(request, "classify") == 0)
		classify(line);
	else if (strcmp(request, "smp_first") == 0)
		smp_first(line);
	else
		return 0;
	return 1;
}
