// Package hint suggests what an operator can do about errors of the operating system and the
// network. Packages that talk to Koji or a broker have hints of their own for its errors.
package hint

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"

	"github.com/rs/zerolog"
)

// Of returns a hint about an error, or "" if there is none.
func Of(err error) string {
	if err == nil {
		return ""
	}
	if text := ofCertificate(err); text != "" {
		return text
	}
	if text := ofSystem(err); text != "" {
		return text
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return "correct the host name, or make it resolve on this machine"
	}
	if late, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && late.Timeout() {
		return "check that the server responds and that no firewall in between drops packets"
	}
	return ""
}

// ofSystem returns a hint about an error number of the operating system.
func ofSystem(err error) string {
	number, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return ""
	}
	switch number {
	case syscall.ENOSPC, syscall.EDQUOT:
		return "free space on that disk"
	case syscall.EROFS:
		return "choose a folder on a writable file system"
	case syscall.EACCES, syscall.EPERM:
		return "grant this to the user that kojiwatch runs as; under systemd, add the folder to ReadWritePaths="
	case syscall.ENOENT, syscall.ENOTDIR:
		return "correct the path, or create what it names"
	case syscall.EMFILE:
		return "raise the limit of open files (LimitNOFILE= under systemd)"
	case syscall.ECONNREFUSED:
		return "start the server, or correct its address"
	case syscall.EHOSTUNREACH, syscall.ENETUNREACH:
		return "correct the address, or the route to it"
	}
	return ""
}

// ofCertificate returns a hint about a rejected server certificate.
func ofCertificate(err error) string {
	if Expired(err) {
		return "renew the server's certificate, or set this machine's clock"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "use a name from the server's certificate in the address or as server_name"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "set ca_file to the authority that signed the server's certificate"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "install a server certificate that this machine trusts, or set ca_file to its authority"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the port does not speak TLS: correct the scheme or the port of the address"
	}
	return ""
}

// Expired reports whether err says that a server's certificate has expired.
func Expired(err error) bool {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok && invalid.Reason == x509.Expired
}

// Log adds an error to a log entry, and a hint if there is one.
func Log(line *zerolog.Event, err error) *zerolog.Event {
	line = line.Err(err)
	if text := Of(err); text != "" {
		line = line.Str("remedy", text)
	}
	return line
}
