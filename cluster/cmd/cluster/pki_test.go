package main

import (
	"bytes"
	"crypto/x509"
	"os"
	"testing"
)

func certificate(t *testing.T, s settings, name string) *x509.Certificate {
	t.Helper()
	der, err := readPEM(s.pki(name + ".crt"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestEveryCertificateIsOfItsAuthorityAlone(t *testing.T) {
	s := settings{State: t.TempDir()}
	if err := writePKI(s); err != nil {
		t.Fatal(err)
	}
	for _, c := range certificates {
		for _, authority := range []string{"ca", "etcd-ca", "front-proxy-ca"} {
			pool := x509.NewCertPool()
			pool.AddCert(certificate(t, s, authority))
			_, err := certificate(t, s, c.name).Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
			if (err == nil) != (authority == c.authority) {
				t.Errorf("%s under %s: %v", c.name, authority, err)
			}
		}
	}
}

func TestKeysAreTheirOwnersAloneAndStay(t *testing.T) {
	s := settings{State: t.TempDir()}
	if err := writePKI(s); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(s.pki("admin.key"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.pki("admin.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := writePKI(s); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(s.pki("admin.key"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key changed when written again (%v)", err)
	}
}

func TestAHalfWrittenPairIsMadeAgain(t *testing.T) {
	s := settings{State: t.TempDir()}
	if err := writePKI(s); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.pki("admin.crt")); err != nil { // a crash between key and certificate
		t.Fatal(err)
	}
	if err := writePKI(s); err != nil {
		t.Fatal(err)
	}
	key, err := readKey(s.pki("admin.key"))
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey.Equal(certificate(t, s, "admin").PublicKey) {
		t.Error("the certificate is of another key")
	}
}

func TestEveryFileIsFilledIn(t *testing.T) {
	s := settings{State: t.TempDir(), PauseImage: "localhost/storewright/pause:1"}
	if err := writePKI(s); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{s.path("config"), s.path("cni")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeConfiguration(s); err != nil {
		t.Fatal(err)
	}
	for _, name := range configurationFiles {
		content, err := os.ReadFile(s.path("config", name))
		if err != nil || len(content) == 0 || bytes.Contains(content, []byte("{{")) || bytes.Contains(content, []byte("<no value>")) {
			t.Errorf("%s: %v\n%s", name, err, content)
		}
	}
}
