package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// The test binary runs itself again as another process, with the part it plays and the directory in the environment.
const (
	partVariable = "OTRBOT_STORE_TEST_PART"
	dirVariable  = "OTRBOT_STORE_TEST_DIR"
)

var parts = map[string]func(ctx context.Context, d *store.DB) error{
	"commit":  commitForEver,
	"command": leaveNotes,
	"lock":    holdLock,
	"teach":   teach,
	"backup":  backupForEver,
	"restore": restoreForEver,
}

func TestMain(m *testing.M) {
	part := parts[os.Getenv(partVariable)]
	if part == nil {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	d, err := store.Open(ctx, address(os.Getenv(dirVariable)), key(1))
	if err == nil {
		err = errors.Join(part(ctx, d), d.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process starts this binary in a part. What it writes to its output comes line by line.
func process(t *testing.T, part, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), partVariable+"="+part, dirVariable+"="+dir)
	c.Stderr = os.Stderr
	_, err := c.StdinPipe() // closed by Wait: the part ends
	must(t, err)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	return c, bufio.NewScanner(out)
}

const fewLearners = 5

func learnerOf(i int) string { return fmt.Sprintf("learner%d@example.org", i%fewLearners) }

// commitForEver handles stanzas with the numbers that follow the stream's count. Change i says i in all its parts and
// has i%4 stanzas to send, some of which are given to the stream.
func commitForEver(ctx context.Context, d *store.DB) error {
	s, ok, err := d.Stream(ctx, bot)
	if err == nil && !ok {
		err = d.StreamEnabled(ctx, bot, record.Stream{SMID: "s"})
	}
	if err != nil {
		return err
	}
	seq := uint64(len(s.Queue))
	in, i, err := leftOver(ctx, d, int(s.H))
	for err == nil {
		if in == 0 {
			i++
			if in, err = d.StreamReceived(ctx, bot, uint32(i), []byte(fmt.Sprint(i))); err != nil {
				return err
			}
		}
		ids, err := d.Commit(ctx, changeOf(i, in))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if rand.IntN(2) == 0 {
				seq++
				if err := d.StreamSent(ctx, bot, record.Queued{Seq: seq, Out: id}); err != nil {
					return err
				}
			}
		}
		fmt.Println(i)
		in = 0
	}
	return err
}

// leftOver is the stanza that a killed process had received and not handled, if any, and the number of the last.
func leftOver(ctx context.Context, d *store.DB, h int) (in int64, i int, err error) {
	list, err := d.Inbox(ctx)
	if err == nil && len(list) > 0 {
		in = list[0].ID
	}
	return in, h, err
}

func changeOf(i int, in int64) record.Change {
	c := record.Change{JID: learnerOf(i), Session: []byte(strings.Repeat(fmt.Sprint(i, " "), 1+i%900)), Handled: in}
	for j := range i % 4 {
		c.Out = append(c.Out, record.Out{JID: c.JID, Stanza: []byte(fmt.Sprint(i, " ", j))})
	}
	return c
}

func TestAKilledProcessLosesNothingAndLeavesNothingHalf(t *testing.T) {
	dir := t.TempDir()
	for range 12 {
		c, lines := process(t, "commit", dir)
		told := 0
		for range 1 + rand.IntN(150) {
			if !lines.Scan() {
				t.Fatalf("ended by itself: %v", c.Wait())
			}
			fmt.Sscan(lines.Text(), &told)
		}
		must(t, c.Process.Kill())
		for lines.Scan() { // what was told before it died
			fmt.Sscan(lines.Text(), &told)
		}
		c.Wait()
		d := openAt(t, dir, key(1))
		checkWhole(t, d, told)
		must(t, d.Close())
		if t.Failed() {
			return
		}
	}
}

// checkWhole checks that every change up to some number at least told is there whole, and nothing of later ones.
func checkWhole(t *testing.T, d *store.DB, told int) {
	t.Helper()
	s, _, err := d.Stream(t.Context(), bot)
	must(t, err)
	in, err := d.Inbox(t.Context())
	must(t, err)
	last := int(s.H) // committed
	if len(in) > 0 {
		if len(in) > 1 || string(in[0].Stanza) != fmt.Sprint(s.H) {
			t.Errorf("received %d, the inbox holds %v", s.H, in)
		}
		last--
	}
	if last < told {
		t.Errorf("told of change %d, and %d is the last", told, last)
	}

	var want, got []string
	for i := 1; i <= last; i++ {
		for _, out := range changeOf(i, 0).Out {
			want = append(want, string(out.Stanza))
		}
	}
	out, err := d.Outbox(t.Context())
	must(t, err)
	for _, o := range out {
		got = append(got, string(o.Stanza))
	}
	for i, q := range s.Queue {
		if q.Seq != uint64(i+1) {
			t.Errorf("queue: place %d holds number %d", i+1, q.Seq)
		}
		got = append(got, string(q.Stanza))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("after change %d: %d stanzas to send or sent, want %d", last, len(got), len(want))
	}

	sessions, err := d.Sessions(t.Context())
	must(t, err)
	same(t, "sessions", len(sessions), min(last, fewLearners))
	for _, session := range sessions {
		for i := last; i > last-fewLearners && i > 0; i-- {
			if learnerOf(i) == session.JID && string(session.Data) != string(changeOf(i, 0).Session) {
				t.Errorf("%s: not the session of change %d", session.JID, i)
			}
		}
	}
}

const manyNotes = 200

// leaveNotes is a command that does much while the bot runs.
func leaveNotes(ctx context.Context, d *store.DB) error {
	for i := range manyNotes {
		jid := fmt.Sprintf("new%d@example.org", i)
		if err := d.PutLearner(ctx, record.Learner{JID: jid}); err != nil {
			return err
		}
		if err := d.PutSecret(ctx, jid, []byte(jid)); err != nil {
			return err
		}
		if _, err := d.ResetLearner(ctx, learnerOf(i)); err != nil {
			return err
		}
	}
	return nil
}

func TestACommandWritesWhileTheBotDoes(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	c, lines := process(t, "command", dir)
	ended := make(chan error, 1)
	go func() {
		for lines.Scan() {
		}
		ended <- c.Wait()
	}()
	changes, seen := 0, 0
	for running := true; running; changes++ {
		_, err := d.Commit(t.Context(), changeOf(changes, 0))
		must(t, err)
		changed, err := d.Changed(t.Context())
		must(t, err)
		if changed {
			seen++
		}
		select {
		case err := <-ended:
			must(t, err)
			running = false
		default:
		}
	}
	if seen == 0 {
		t.Error("the bot saw no change")
	}
	kinds := map[record.NoteKind]int{}
	for _, n := range notes(t, d) {
		kinds[n.kind]++
	}
	if kinds[record.NoteInvite] != manyNotes || kinds[record.NoteSecret] != manyNotes {
		t.Errorf("notes: %v", kinds)
	}
	list, err := d.Learners(t.Context())
	must(t, err)
	same(t, "learners", len(list), manyNotes)
	for _, l := range list {
		shared(t, d, l, l.JID)
	}
}

// holdLock is a bot until it is killed or its input ends.
func holdLock(ctx context.Context, d *store.DB) error {
	release, err := d.Lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	fmt.Println("locked")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func TestOneBotRunsOnADatabaseAndAKilledOneDoesNotBlockTheNext(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	c, lines := process(t, "lock", dir)
	if !lines.Scan() {
		t.Fatal(c.Wait())
	}
	if _, err := d.Lock(t.Context()); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("while it runs: %v", err)
	}
	must(t, c.Process.Kill())
	c.Wait()
	release, err := d.Lock(t.Context())
	must(t, err)
	if _, err := d.Lock(t.Context()); !errors.Is(err, store.ErrLocked) {
		t.Errorf("twice in a process: %v", err)
	}
	release()
	release()
	release, err = d.Lock(t.Context())
	must(t, err)
	release()
}

func TestLockIsReleased(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		release, err := d.Lock(t.Context())
		must(t, err)
		if _, err := d.Lock(t.Context()); !errors.Is(err, store.ErrLocked) {
			t.Errorf("a second time: %v", err)
		}
		release()
		release, err = d.Lock(t.Context())
		must(t, err)
		release()
	})
}
