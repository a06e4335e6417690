// Package kojirpc is a client for the Koji hub, the XML-RPC server of the Koji
// build system.
//
// [Open] returns a [Client] for a profile from the files that Koji's own client
// reads; [New] returns one for [Options]:
//
//	c, err := kojirpc.Open(ctx, "fedora")
//	…
//	defer c.Close(ctx)
//	build, err := c.GetBuild(ctx, kojirpc.Name("bash-5.2-1.fc44"))
//
// The client calls anonymously, which is enough to read nearly everything. It is
// safe for concurrent use. Calls that only read and are made at about the same
// time are sent together as one multiCall; each caller gets its own result or
// error.
//
// # Logging in
//
// With the option [LoggedIn] the client logs in as the profile says. A [Session]
// calls as another user. It logs in with a client certificate or by GSSAPI
// (package kerberos) when it is first used, renews itself when the hub reports
// that it has expired, logs in again when the hub no longer knows it, and logs out
// when it or its client is closed. The hub handles the calls of one session one
// after the other, so a Session sends them one at a time.
//
//	s, err := c.Session(kojirpc.Credentials{Negotiator: &kerberos.Client{}})
//	…
//	user, err := s.GetLoggedInUser(ctx)
//
// # Calls
//
// Client and Session have the methods of [API], which return values of package
// koji. A [Batch] sends several calls together. Other methods of the hub are called
// by name: [API.Call] returns whatever the hub returns, [CallInto] decodes it into
// a Go type or a koji value, and so does [Add] in a batch.
//
//	perms, err := kojirpc.CallInto[[]string](ctx, s, "getPerms")
//	tags, err := kojirpc.CallInto[[]koji.Tag](ctx, c, "listTags", kojirpc.Named{"build": 42})
//
// All of these use the two methods of [Caller]. To test code that takes a Caller
// or an [API], fake these two methods; see [NewAPI].
//
// # Content generators
//
// A session reserves a build, uploads its files and asks the hub to import them.
// CGRefundBuild cancels the reservation.
//
//	r, err := s.CGInitBuild(ctx, "mytool", kojirpc.CGNewBuild{NVR: nvr})
//	…
//	err = s.Upload(ctx, kojirpc.Upload{Dir: dir, Name: "image.tar", Content: f, Size: size})
//	…
//	build, err := s.CGImport(ctx, &metadata, dir, r.Token)
//
// An interrupted upload resumes where it stopped.
//
// # Errors
//
// Errors name the call: "hub getBuild 42: …". They wrap one of the following, most
// of which are declared in package huberror:
//
//   - a [*Fault] of the hub; errors.Is compares it with a [FaultCode]:
//     errors.Is(err, kojirpc.CodeAuthError);
//   - koji.ErrNotFound, if the hub has no such object;
//   - an [*HTTPError], if the web server in front of the hub answered instead of
//     the hub;
//   - a [*NetworkError], if there was no answer;
//   - an error of package xmlrpc, if the answer could not be decoded;
//   - an [*UnavailableError], if the hub has failed so often that it is not called
//     for a while;
//   - ErrClosed, or the error of the context.
//
// No error contains a password, a session key or a token.
//
// # Retries
//
// Transient failures (of the network, a gateway's 502, 503 or 504, a hub that says
// it is offline, a file that the hub has locked) are retried with growing random
// pauses until the caller's context ends, if a retry is harmless. That is so for
// calls that only read, for calls that never left this machine and, within a
// session, for all others: the hub refuses to execute a numbered call twice. The
// error is then CodeRetryError: the call was executed, but its answer is lost.
package kojirpc
