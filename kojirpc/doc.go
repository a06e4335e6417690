// Package kojirpc is a client of the Koji hub, the XML-RPC server of the Koji
// build system.
//
// [Open] makes a [Client] from the name of one of the profiles that Koji's own
// client reads, [New] from [Options]:
//
//	c, err := kojirpc.Open(ctx, "fedora")
//	…
//	defer c.Close(ctx)
//	build, err := c.GetBuild(ctx, kojirpc.Name("bash-5.2-1.fc44"))
//
// It calls anonymously, which is enough for nearly everything there is to read,
// from any number of goroutines at once. Calls that only read and are made at
// about the same time are sent together as one multiCall; each caller gets its own
// result or its own error.
//
// # Logging in
//
// With the option [LoggedIn] the client logs in as the profile says. A [Session]
// of a client calls as somebody else. It logs in with a client certificate or by
// GSSAPI (package kerberos) when it is first used, renews itself when the hub says
// that it has expired, logs in anew when the hub no longer knows it, and logs out
// when it or its client is closed. The hub handles the calls of one session one
// after the other, so a Session sends them that way.
//
//	s, err := c.Session(kojirpc.Credentials{Negotiator: &kerberos.Client{}})
//	…
//	user, err := s.GetLoggedInUser(ctx)
//
// # Calls
//
// Client and Session have the methods of [API], which return values of package
// koji. A [Batch] sends several calls together. What these do not cover is called
// by name: [API.Call] returns whatever the hub returns, [CallInto] decodes it into
// a Go type or a koji value, and so does [Add] in a batch.
//
//	perms, err := kojirpc.CallInto[[]string](ctx, s, "getPerms")
//	tags, err := kojirpc.CallInto[[]koji.Tag](ctx, c, "listTags", kojirpc.Named{"build": 42})
//
// All of this rests on the two methods of [Caller]. Code that takes a Caller, or
// an [API], is tested with a fake of these two; see [NewAPI].
//
// # Content generators
//
// A session reserves a build, uploads its files and has the hub import them.
// CGRefundBuild gives the build up.
//
//	r, err := s.CGInitBuild(ctx, "mytool", kojirpc.CGNewBuild{NVR: nvr})
//	…
//	err = s.Upload(ctx, kojirpc.Upload{Dir: dir, Name: "image.tar", Content: f, Size: size})
//	…
//	build, err := s.CGImport(ctx, &metadata, dir, r.Token)
//
// An upload that was cut goes on where it was cut.
//
// # Errors
//
// Errors say what was called: "hub getBuild 42: …". Inside are, most of
// them declared in package huberror,
//
//   - a [*Fault] of the hub; errors.Is tells kinds apart by their [FaultCode]:
//     errors.Is(err, kojirpc.CodeAuthError);
//   - koji.ErrNotFound, where the hub knows no such thing;
//   - an [*HTTPError] where the web server in front of the hub answered in its
//     place;
//   - a [*NetworkError] where nothing answered;
//   - an error of package xmlrpc where the answer could not be read;
//   - an [*UnavailableError] where the hub has failed so often that it is not
//     asked for a while;
//   - ErrClosed, or the error of the context.
//
// No error holds a password, a session key or a token.
//
// # Repeating
//
// What may have failed by accident (the network, a gateway's 502, 503 or 504, a
// hub that says it is offline, a file that the hub has locked) is tried again after a random pause that grows,
// for as long as the caller's context allows, if repeating is harmless: calls
// that only read, calls that never left this machine, and, within a session, all
// others, since the hub refuses to do a numbered call twice (the error is then
// CodeRetryError: it was done, but the answer is lost).
package kojirpc
