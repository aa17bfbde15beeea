package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const certificateLife = 10 * 365 * 24 * time.Hour

// certificates of the cluster, as in "PKI certificates and requirements" of Kubernetes' documentation. etcd and the
// aggregation layer have authorities of their own, so that no Kubernetes identity counts there.
var certificates = []struct {
	name, authority, commonName, organization string
	hosts                                     []string
}{
	{"etcd", "etcd-ca", "etcd", "", []string{"127.0.0.1", "localhost"}},
	{"etcd-client", "etcd-ca", "kube-apiserver", "", nil},
	{"apiserver", "ca", "kube-apiserver", "", []string{nodeAddress, "127.0.0.1", apiService, "localhost", "kubernetes",
		"kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}},
	{"apiserver-kubelet-client", "ca", "kube-apiserver-kubelet-client", "system:masters", nil},
	{"front-proxy-client", "front-proxy-ca", "front-proxy-client", "", nil},
	{"kubelet", "ca", "system:node:" + nodeName, "system:nodes", []string{nodeName, nodeAddress}},
	{"local-server", "ca", "storewright-local-server", "", []string{"127.0.0.1", nodeAddress, "metrics-server.kube-system.svc"}},
	{"admin", "ca", "admin", "system:masters", nil},
	{"controller-manager", "ca", "system:kube-controller-manager", "", nil},
	{"scheduler", "ca", "system:kube-scheduler", "", nil},
	{"proxy", "ca", "system:kube-proxy", "", nil},
	// The add-ons' identities: addons.yaml gives each its rights.
	{"dns", "ca", "storewright:dns", "", nil},
	{"ingress", "ca", "storewright:ingress", "", nil},
	{"network-policies", "ca", "storewright:network-policies", "", nil},
	{"volumes", "ca", "storewright:volumes", "", nil},
	{"metrics", "ca", "storewright:metrics", "", nil},
}

// kubeconfigs are written for these users, whose certificate has the same name.
var kubeconfigUsers = []string{"admin", "controller-manager", "scheduler", "kubelet", "proxy", "dns", "ingress",
	"network-policies", "volumes", "metrics"}

// writePKI makes whatever key, certificate or kubeconfig is not there yet.
func writePKI(s settings) error {
	for _, dir := range []string{s.path("pki"), s.path("kubeconfig")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	for _, authority := range []string{"ca", "etcd-ca", "front-proxy-ca"} {
		if err := writeAuthority(s, authority); err != nil {
			return fmt.Errorf("making the authority %s: %w", authority, err)
		}
	}
	for _, c := range certificates {
		subject := pkix.Name{CommonName: c.commonName}
		if c.organization != "" {
			subject.Organization = []string{c.organization}
		}
		if err := writeCertificate(s, c.name, c.authority, subject, c.hosts); err != nil {
			return fmt.Errorf("making the certificate %s: %w", c.name, err)
		}
	}
	if err := writeServiceAccountKey(s); err != nil {
		return fmt.Errorf("making the key of service accounts: %w", err)
	}
	for _, user := range kubeconfigUsers {
		if err := writeKubeconfig(s, user); err != nil {
			return err
		}
	}
	return nil
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// writeWhole puts the file there completely or not at all.
func writeWhole(path string, content []byte, mode fs.FileMode) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, mode); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

func writeKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writeWhole(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

func readKey(path string) (*ecdsa.PrivateKey, error) {
	block, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, err
	}
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds no ECDSA key", path)
	}
	return ec, nil
}

func readPEM(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", path)
	}
	return block.Bytes, nil
}

func certificateTemplate(subject pkix.Name) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial, Subject: subject,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}, nil
}

// writeAuthority makes a self-signed authority. A certificate is written after its key: one without the other is made again.
func writeAuthority(s settings, name string) error {
	if !missing(s.pki(name + ".crt")) {
		return nil
	}
	key, err := writeKey(s.pki(name + ".key"))
	if err != nil {
		return err
	}
	t, err := certificateTemplate(pkix.Name{CommonName: "storewright-" + name})
	if err != nil {
		return err
	}
	t.IsCA = true
	t.KeyUsage |= x509.KeyUsageCertSign
	return sign(s, name, t, t, key, key)
}

func writeCertificate(s settings, name, authority string, subject pkix.Name, hosts []string) error {
	if !missing(s.pki(name + ".crt")) {
		return nil
	}
	key, err := writeKey(s.pki(name + ".key"))
	if err != nil {
		return err
	}
	authorityKey, err := readKey(s.pki(authority + ".key"))
	if err != nil {
		return err
	}
	der, err := readPEM(s.pki(authority + ".crt"))
	if err != nil {
		return err
	}
	parent, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	t, err := certificateTemplate(subject)
	if err != nil {
		return err
	}
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return sign(s, name, t, parent, key, authorityKey)
}

func sign(s settings, name string, t, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) error {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), signer)
	if err != nil {
		return err
	}
	return writeWhole(s.pki(name+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

func writeServiceAccountKey(s settings) error {
	if !missing(s.pki("service-accounts.pub")) {
		return nil
	}
	key, err := writeKey(s.pki("service-accounts.key"))
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return writeWhole(s.pki("service-accounts.pub"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o644)
}

func writeKubeconfig(s settings, user string) error {
	content := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: storewright, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: %q, user: {client-certificate: %q, client-key: %q}}]
contexts: [{name: storewright, context: {cluster: storewright, user: %q}}]
current-context: storewright
`, apiServer, s.pki("ca.crt"), user, s.pki(user+".crt"), s.pki(user+".key"), user)
	path := s.kubeconfig(user)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return writeWhole(path, []byte(content), 0o600)
}
