-- Platforms, those who launch from them, and their grades. What names or quotes somebody is sealed, or a keyed hash.
-- Times are milliseconds since 1970. An empty "sealed" was damaged: the row keeps its id for when it is told anew.

CREATE TABLE platform (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	who    BLOB NOT NULL UNIQUE, -- hash of the consumer key, or of issuer and client id
	issuer BLOB,                 -- NULL with LTI 1.1
	sealed BLOB NOT NULL
);
CREATE INDEX platform_issuer ON platform (issuer);

CREATE TABLE enrolment (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	who      BLOB NOT NULL UNIQUE, -- hash of platform, deployment, link and user
	platform INTEGER NOT NULL REFERENCES platform (id) ON DELETE CASCADE,
	link     BLOB NOT NULL,        -- hash of platform, deployment and link
	address  BLOB UNIQUE,          -- hash of the address, NULL: none; the "who" of learner, session and secrets
	active   INTEGER NOT NULL,     -- when there was something on the page or in the chat
	busy     INTEGER NOT NULL,     -- when somebody did something last: launched, sent a form, wrote to the bot
	sealed   BLOB NOT NULL
);
CREATE INDEX enrolment_link ON enrolment (link);
CREATE INDEX enrolment_platform ON enrolment (platform);
CREATE INDEX enrolment_active ON enrolment (active);

-- A number says nothing of anybody without its enrolment.
CREATE TABLE grade (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	enrolment INTEGER NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
	platform  INTEGER NOT NULL,
	score     REAL NOT NULL,
	done      INTEGER NOT NULL,
	at        INTEGER NOT NULL,
	state     TEXT NOT NULL,
	tries     INTEGER NOT NULL,
	next      INTEGER NOT NULL, -- 0: never
	until     INTEGER NOT NULL,
	why       TEXT NOT NULL,
	due       INTEGER,          -- next, or the end of a claim; NULL: settled, or waits for an older one
	claimed   INTEGER NOT NULL, -- until when somebody is at it; 0: nobody
	practice  INTEGER NOT NULL  -- 1: earned by a teacher or a tester, and no learner's whatever they become
);
CREATE INDEX grade_due ON grade (due, platform) WHERE due IS NOT NULL;
CREATE INDEX grade_enrolment ON grade (enrolment, state);
CREATE INDEX grade_state ON grade (state) WHERE state IN ('waiting', 'doubtful', 'refused');
CREATE UNIQUE INDEX grade_scheduled ON grade (enrolment) WHERE due IS NOT NULL; -- one at a time

CREATE TABLE visit (
	id        INTEGER PRIMARY KEY,
	who       BLOB NOT NULL UNIQUE,
	enrolment INTEGER NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
	expires   INTEGER NOT NULL,
	cookie    BLOB, -- NULL: not bound
	sealed    BLOB NOT NULL
);
CREATE INDEX visit_enrolment ON visit (enrolment);
CREATE INDEX visit_expires ON visit (expires);

-- What may be tried only so often.
CREATE TABLE attempt (
	enrolment INTEGER NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
	kind      TEXT NOT NULL,
	at        INTEGER NOT NULL
);
CREATE INDEX attempt_enrolment ON attempt (enrolment, kind, at);

-- Logins on their way, nonces and one-time links.
CREATE TABLE login (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	who     BLOB NOT NULL UNIQUE,
	expires INTEGER NOT NULL,
	sealed  BLOB NOT NULL
);
CREATE INDEX login_expires ON login (expires);

CREATE TABLE nonce (
	who     BLOB PRIMARY KEY NOT NULL,
	expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX nonce_expires ON nonce (expires);

CREATE TABLE invitation (
	id      INTEGER PRIMARY KEY,
	who     BLOB NOT NULL UNIQUE,
	expires INTEGER NOT NULL,
	sealed  BLOB NOT NULL
);

-- 1: somebody is to be invited; 2: the address belongs to another enrolment from now on; 3: the session ends.
ALTER TABLE note ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;

-- Which enrolments were written, in order: the version of each is the last. It begins at 1, for 0 asks for the present.
CREATE TABLE news (
	version   INTEGER PRIMARY KEY AUTOINCREMENT,
	enrolment INTEGER NOT NULL UNIQUE
);
INSERT INTO news (enrolment) VALUES (0);

CREATE TRIGGER enrolment_added AFTER INSERT ON enrolment BEGIN
	INSERT INTO news (enrolment) VALUES (NEW.id);
END;
CREATE TRIGGER enrolment_written AFTER UPDATE OF sealed, address ON enrolment BEGIN
	DELETE FROM news WHERE enrolment = NEW.id;
	INSERT INTO news (enrolment) VALUES (NEW.id);
END;
CREATE TRIGGER enrolment_gone AFTER DELETE ON enrolment BEGIN
	DELETE FROM news WHERE enrolment = OLD.id;
	INSERT INTO news (enrolment) VALUES (OLD.id);
END;
CREATE TRIGGER grade_added AFTER INSERT ON grade BEGIN
	DELETE FROM news WHERE enrolment = NEW.enrolment;
	INSERT INTO news (enrolment) VALUES (NEW.enrolment);
END;
CREATE TRIGGER grade_settled AFTER UPDATE OF state ON grade BEGIN
	DELETE FROM news WHERE enrolment = NEW.enrolment;
	INSERT INTO news (enrolment) VALUES (NEW.enrolment);
END;
