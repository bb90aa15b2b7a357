/** Where the daemons of the control plane have their certificates, within their zones. */
export const PATHS = {
  etcdConfig: '/etc/etcd/etcd.conf.yml',
  etcdServer: '/etc/etcd/pki/server.crt',
  etcdKey: '/etc/etcd/pki/server.key',
  etcdPeer: '/etc/etcd/pki/peer.crt',
  etcdCa: '/etc/etcd/pki/ca.crt',
  etcdClient: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
  ca: '/etc/kubernetes/pki/ca.crt',
  apiServer: '/etc/kubernetes/pki/apiserver.crt',
  controllerManager: '/etc/kubernetes/controller-manager.conf',
  scheduler: '/etc/kubernetes/scheduler.conf',
} as const;
