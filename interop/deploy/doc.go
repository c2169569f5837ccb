// Package deploy plays the deployment of deploy/: the Ansible role, from a bare machine to pages with a certificate by
// ACME, on machines of its own. Package front judges the samples for web servers one request at a time.
package deploy
