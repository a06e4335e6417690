// Package hint says what an operator can do about errors of the operating system and
// of the network, whoever meets them. Errors that come from Koji or from a broker have
// their remedies where they are known.
package hint

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"

	"github.com/rs/zerolog"
)

// Of says what to do about an error. "" if there is nothing to say in general.
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
		return "correct the name of the host, or have it resolved on this machine"
	}
	if late, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && late.Timeout() {
		return "see that the server answers, and that no firewall between here and there swallows packets"
	}
	return ""
}

// ofSystem is by the numbers that the operating system gives.
func ofSystem(err error) string {
	number, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return ""
	}
	switch number {
	case syscall.ENOSPC, syscall.EDQUOT:
		return "make room on that disk"
	case syscall.EROFS:
		return "name a folder on a disk that can be written to"
	case syscall.EACCES, syscall.EPERM:
		return "allow that to the user whom kojiwatch runs as; under systemd, ReadWritePaths= opens folders"
	case syscall.ENOENT, syscall.ENOTDIR:
		return "correct the path, or put there what it names"
	case syscall.EMFILE:
		return "allow the process more open files (LimitNOFILE= under systemd)"
	case syscall.ECONNREFUSED:
		return "start the server there, or correct its address"
	case syscall.EHOSTUNREACH, syscall.ENETUNREACH:
		return "correct the address, or the route to it"
	}
	return ""
}

// ofCertificate is about why a server's certificate is not taken.
func ofCertificate(err error) string {
	if Expired(err) {
		return "have the server's certificate renewed, or set this machine's clock"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "use a name that is in the server's certificate, in the address or as server_name"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "give the authority that has signed the server's certificate, as ca_file"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "have the server show a certificate that this machine trusts, or give its authority as ca_file"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the port does not speak TLS: correct the scheme or the port of the address"
	}
	return ""
}

// Expired reports whether err is that a server's certificate has expired.
func Expired(err error) bool {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok && invalid.Reason == x509.Expired
}

// Log adds an error to a line of the log, with what to do about it if that is known.
func Log(line *zerolog.Event, err error) *zerolog.Event {
	line = line.Err(err)
	if text := Of(err); text != "" {
		line = line.Str("remedy", text)
	}
	return line
}
