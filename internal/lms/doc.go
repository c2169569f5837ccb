// Package lms is a small learning management system for trying the bot's pages out and for the tests of browsers: one
// course, six people, LTI 1.1 and 1.3, a gradebook that fills while one looks at it. What it says to tools is package
// ltitest's; this package adds the pages. Nobody has a password: it is for one machine, and answers nobody else.
//
//	course, err := lms.New(lms.Config{
//		Base: "http://127.0.0.1:5001",
//		Tool: lms.ToolURLs{Launch: tool + "/lti/launch", Login: tool + "/lti/login", JWKS: tool + "/lti/jwks.json"},
//	})
//	http.Serve(listener, course)
package lms
