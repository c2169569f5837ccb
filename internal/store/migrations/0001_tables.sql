-- Every "who" is the keyed hash of an address, every "sealed" is encrypted and bound to its table and its "who".
-- AUTOINCREMENT: an id that a program still has in memory is never given to another row.

CREATE TABLE kept (
	name   TEXT PRIMARY KEY NOT NULL,
	sealed BLOB NOT NULL
);

CREATE TABLE learner (
	id     INTEGER PRIMARY KEY,
	who    BLOB NOT NULL UNIQUE,
	sealed BLOB NOT NULL
);

CREATE TABLE session (
	id     INTEGER PRIMARY KEY,
	who    BLOB NOT NULL UNIQUE,
	sealed BLOB NOT NULL
);

CREATE TABLE note (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	who    BLOB NOT NULL,
	secret INTEGER NOT NULL, -- 1 when it carries a learner's secret
	sealed BLOB NOT NULL
);

CREATE TABLE stream (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	who    BLOB NOT NULL UNIQUE, -- the account
	h      INTEGER NOT NULL,
	acked  INTEGER NOT NULL,
	sealed BLOB NOT NULL
);

-- h and stream: what the stream had counted with this stanza, NULL when it counts nothing.
CREATE TABLE inbox (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	stream INTEGER,
	h      INTEGER NOT NULL,
	who    BLOB NOT NULL,
	sealed BLOB NOT NULL
);

-- stream and seq are NULL until the stanza is given to a stream.
CREATE TABLE outbox (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	stream INTEGER REFERENCES stream (id) ON DELETE CASCADE,
	seq    INTEGER,
	queued INTEGER NOT NULL, -- 1 when Commit made it: the id is known to the program
	who    BLOB NOT NULL,
	sealed BLOB NOT NULL
);
CREATE UNIQUE INDEX outbox_seq ON outbox (stream, seq) WHERE stream IS NOT NULL;

-- What could not be unsealed, as it was found.
CREATE TABLE damaged (
	id       INTEGER PRIMARY KEY,
	was      TEXT NOT NULL,
	who      BLOB NOT NULL,
	sealed   BLOB NOT NULL
);

-- One statement for each stanza: the count and the stanza are kept together.
CREATE TRIGGER inbox_counts AFTER INSERT ON inbox WHEN NEW.stream IS NOT NULL BEGIN
	UPDATE stream SET h = NEW.h WHERE id = NEW.stream;
END;

CREATE TRIGGER stream_acked AFTER UPDATE OF acked ON stream BEGIN
	DELETE FROM outbox WHERE stream = NEW.id AND seq <= NEW.acked;
END;
