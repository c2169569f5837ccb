package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Time limits of a connection. Streams extend their own, event by event.
const (
	headerTime   = 10 * time.Second
	readTime     = 30 * time.Second
	idleTime     = 2 * time.Minute
	farewellTime = 5 * time.Second
	registerTime = 20 * time.Second // for a registration, within readTime
	mostHeaders  = 32 << 10
)

// Serve answers on a listener, and does what Run does, until the context ends; then it lets requests that are under way
// finish, for a few seconds, and returns nil. The error is that of a listener which no longer works.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: readTime, IdleTimeout: idleTime,
		MaxHeaderBytes: mostHeaders,
		// Requests are not cut off when the context ends, but may finish; streams end with Run.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ErrorLog:    slog.NewLogLogger(s.c.Log.Handler(), slog.LevelDebug), // what strangers do to a connection
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		_ = s.Run(running) // ends with the context, of which we know
	}()
	served := make(chan error, 1)
	go func() { served <- h.Serve(l) }()
	var err error
	select {
	case <-ctx.Done():
		farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewellTime)
		defer cancel()
		if h.Shutdown(farewell) != nil {
			_ = h.Close() // some did not finish in time: nothing is left to be said to them
		}
		<-served
	case err = <-served:
	}
	stop()
	<-watched
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
