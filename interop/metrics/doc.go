// Package metrics tests with Debian's promtool that Prometheus reads what internal/metrics writes, that it takes the
// rules of deploy, and that these give the alarm when they should and only then. No server is started.
package metrics
