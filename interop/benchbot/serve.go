package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"

	"otrbot/internal/bot"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/secret"
	"otrbot/internal/store"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/otr"
)

// orders is what the bot's process is told first.
type orders struct {
	Dir, JID, Password, Server, CAFile string
	Lesson                             []byte
	Secret                             string // of all learners
	Learners                           []string
	Course                             courseOrders
}

// weight is what the bot's process says of its memory, in bytes.
type weight struct {
	Heap   int64 // objects in use after a collection
	Stacks int64

	Address string // where the pages are served; only when asked for
}

// serve is the bot's process: `otrbot run` without settings, which answers questions about itself. It ends with its input.
func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var o orders
	if err := json.Unmarshal(first, &o); err != nil {
		return err
	}
	b, db, err := newBot(ctx, o)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	parts := []func(context.Context) error{b.Run}
	address := ""
	if o.Course.Issuer != "" {
		at, pages, err := servePages(ctx, db, o)
		if err != nil {
			return err
		}
		address, parts = at, append(parts, pages)
	}
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() { ended <- run(ctx) }()
	}
	go func() {
		stop(answer(lines, json.NewEncoder(out), address))
	}()
	<-ctx.Done()
	stop(xmpp.ErrHandOver) // no goodbyes to thousands of learners
	for range parts {
		err = errors.Join(err, <-ended)
	}
	return err
}

// answer does what each line of input asks, until its end.
func answer(in *bufio.Reader, out *json.Encoder, address string) error {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return xmpp.ErrHandOver
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var w weight
		switch word {
		case "address":
			w.Address = address
		case "weigh":
			w = weigh()
		case "profile":
			f, err := os.Create(rest)
			if err != nil {
				return err
			}
			defer f.Close()
			if err := pprof.StartCPUProfile(f); err != nil {
				return err
			}
		case "profiled":
			pprof.StopCPUProfile()
		case "heap":
			if err := writeHeap(rest); err != nil {
				return err
			}
		}
		if err := out.Encode(w); err != nil {
			return err
		}
	}
}

func weigh() weight {
	runtime.GC()         // pools give up half of what they hold at each collection
	debug.FreeOSMemory() // the second one, and what is free goes back
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return weight{Heap: int64(m.HeapAlloc), Stacks: int64(m.StackInuse)}
}

func writeHeap(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.WriteHeapProfile(f)
}

func newBot(ctx context.Context, o orders) (*bot.Bot, *store.DB, error) {
	l, err := lesson.Parse("benchbot.yaml", o.Lesson, tutor.Vocabulary())
	if err != nil {
		return nil, nil, err
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, nil, fmt.Errorf("%s holds no certificate", o.CAFile)
	}
	log, err := os.OpenFile(filepath.Join(o.Dir, "bot.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	parameters, err := otr.GenerateParameters(nil)
	if err != nil {
		return nil, nil, err
	}
	key, err := store.ReadKey(filepath.Join(o.Dir, "bot.key"))
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, "sqlite://"+filepath.Join(o.Dir, "bot.db"), key)
	if err != nil {
		return nil, nil, err
	}
	var learners []record.Learner
	for _, jid := range o.Learners {
		learners = append(learners, record.Learner{JID: jid, Source: record.FromSettings})
	}
	logger := slog.New(slog.NewTextHandler(log, nil))
	b, err := bot.New(bot.Config{
		XMPP: xmpp.Config{
			JID: o.JID, Resource: "bot", Password: xmpp.Password(o.Password), Server: o.Server, TLS: xmpp.TLS{Roots: roots},
			Software: xmpp.Software{Name: "otrbot", Node: "urn:otrbot"}, Log: logger,
		},
		Store: db, Tutor: tutor.New(l, tutor.Options{DefaultSecret: secret.New(o.Secret), NoTyping: true}),
		Learners: learners, Parameters: parameters, Log: logger,
	})
	return b, db, err
}
