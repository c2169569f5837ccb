// Package lti lets package otrbot/lti meet code that nobody here wrote: python3-oauthlib, with which Open edX signs,
// and ruby-oauth, with which Canvas signs, as signers of launches and verifiers of outcomes; npm's oidc-provider as a
// platform of LTI 1.3; and Node.js running the script of platform storage.
//
// The foreign side runs in a process of its own and speaks JSON, one object a line. A test on a machine without it fails
// and names the package. oidc-provider comes from npm: see platform/package.json.
package lti
